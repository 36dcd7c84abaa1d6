using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using TriggerConsole.Core.Mqtt.Client;

namespace TriggerConsole.Bench;

/// <summary>The MQTT client alone against a mosquitto on this machine: every publish awaited, many at once.</summary>
internal static class MqttBenchmark
{
    private const string Program = "/usr/sbin/mosquitto";
    private const int Payload = 100;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        if (!File.Exists(Program))
        {
            Console.WriteLine($"No MQTT: {Program} is missing (Debian package mosquitto).");
            return;
        }
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("tc-bench-").FullName;
        using var mosquitto = Mosquitto(folder, port);
        try
        {
            Table.Heading($"MQTT client to mosquitto, {Payload}-byte payloads, each publish awaited", "", "median", "best", "allocated", "memory");
            await MeasureAsync("QoS 0, 512 at once", port, MqttQos.AtMostOnce, 512, 200_000);
            await MeasureAsync("QoS 1, 512 at once", port, MqttQos.AtLeastOnce, 512, 100_000);
            await MeasureAsync("QoS 1, 512 at once, 3.1.1", port, MqttQos.AtLeastOnce, 512, 100_000, MqttVersionChoice.V311);
            await MeasureAsync("QoS 1, 32 at once", port, MqttQos.AtLeastOnce, 32, 50_000);
            await MeasureAsync("QoS 1, 1 at once", port, MqttQos.AtLeastOnce, 1, 5_000);
            await MeasureAsync("QoS 2, 512 at once", port, MqttQos.ExactlyOnce, 512, 50_000);
        }
        finally
        {
            mosquitto.Kill();
            await mosquitto.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string name, int port, MqttQos qos, int atOnce, int count, MqttVersionChoice version = MqttVersionChoice.V5)
    {
        await using var client = new MqttClient(new()
        {
            Endpoint = new(MqttTransport.Tcp, "127.0.0.1", port),
            Version = version,
            ClientId = "bench",
            MaximumInFlight = 4096,
        }, TimeProvider.System, NullLogger.Instance);
        if (await client.ConnectAsync(CancellationToken.None) is { } failure) throw new InvalidOperationException(failure.Sentence);
        var message = new MqttMessage { Topic = "bench/orders/created", Payload = new byte[Payload], Qos = qos };
        var rates = new List<double>();
        var allocated = 0L;
        for (var round = -1; round < Rounds; round++) // the first one warms
        {
            allocated = GC.GetTotalAllocatedBytes();
            var rate = await PublishAsync(client, message, atOnce, count);
            allocated = GC.GetTotalAllocatedBytes() - allocated;
            if (round >= 0) rates.Add(rate);
        }
        rates.Sort();
        using var self = Process.GetCurrentProcess();
        Table.Row(name, Table.PerSecond(rates[Rounds / 2]), Table.PerSecond(rates[^1]), $"{allocated / count:N0} B each", $"{self.WorkingSet64 >> 20} MB");
    }

    private static async Task<double> PublishAsync(MqttClient client, MqttMessage message, int atOnce, int count)
    {
        var next = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) <= count)
            {
                var result = await client.PublishAsync(message, CancellationToken.None);
                if (result.Status != MqttPublishStatus.Acknowledged) throw new InvalidOperationException($"A publish ended as {result.Status}.");
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }

    private static Process Mosquitto(string folder, int port)
    {
        var config = Path.Combine(folder, "mosquitto.conf");
        File.WriteAllText(config, $"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_inflight_messages 0\nmax_queued_messages 0\nlog_type error\n");
        var process = Process.Start(new ProcessStartInfo(Program, ["-c", config]))!;
        for (var i = 0; i < 100; i++)
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", port);
                return process;
            }
            catch (SocketException) { Thread.Sleep(20); }
        }
        throw new InvalidOperationException("mosquitto did not start.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
