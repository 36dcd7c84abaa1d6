using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using TriggerConsole.Core.Amqp.Client;

namespace TriggerConsole.Bench;

/// <summary>The AMQP client alone against a RabbitMQ on this machine: persistent messages, every publish awaited up to its confirm, many at once.</summary>
internal static class AmqpBenchmark
{
    private const string Versions = "/usr/lib/rabbitmq/lib";
    private const string Exchange = "bench";
    private const int Payload = 100;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        var program = Directory.Exists(Versions) ? Directory.GetDirectories(Versions, "rabbitmq_server-*").Order().LastOrDefault() : null;
        if (program is null)
        {
            Console.WriteLine("No AMQP: RabbitMQ is missing (Debian package rabbitmq-server).");
            return;
        }
        var port = FreePort();
        var folder = Directory.CreateTempSubdirectory("tc-bench-").FullName;
        using var rabbit = await StartAsync(Path.Combine(program, "sbin/rabbitmq-server"), folder, port);
        try
        {
            Table.Heading($"AMQP client to RabbitMQ, {Payload}-byte persistent messages, mandatory, each publish confirmed", "", "median", "best", "CPU each", "allocated", "memory");
            await MeasureAsync("durable queue, 512 at once", port, 512, 60_000);
            await MeasureAsync("durable queue, 32 at once", port, 32, 40_000);
            await MeasureAsync("durable queue, 1 at once", port, 1, 2_000);
            await MeasureAsync("8 exchanges, 512 at once", port, 512, 60_000, exchanges: 8);
        }
        finally
        {
            rabbit.Kill(entireProcessTree: true);
            await rabbit.WaitForExitAsync();
            EndNameServer(folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string name, int port, int atOnce, int count, int exchanges = 1)
    {
        await using var client = new AmqpClient(new()
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "guest",
            Password = "guest",
            Dial = async token =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port, token);
                return new(new NetworkStream(socket, ownsSocket: true), socket);
            },
        }, TimeProvider.System, NullLogger.Instance);
        if (await client.ConnectAsync(CancellationToken.None) is { } failure) throw new InvalidOperationException(failure.Sentence);
        // A queue with a bound drops its oldest messages: it takes all of them, and the broker's memory stays flat
        var made = await client.RunAsync(async (channel, token) =>
        {
            await channel.QueueDeclareAsync(Exchange, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-max-length"] = 1000 }, cancellationToken: token);
            for (var i = 0; i < exchanges; i++)
            {
                await channel.ExchangeDeclareAsync($"{Exchange}{i}", ExchangeType.Topic, durable: true, cancellationToken: token);
                await channel.QueueBindAsync(Exchange, $"{Exchange}{i}", "#", cancellationToken: token);
            }
        }, CancellationToken.None);
        if (made.Status != AmqpOperationStatus.Done) throw new InvalidOperationException($"{made}");
        var rates = new List<double>();
        await PublishAsync(client, exchanges, atOnce, count / 2); // warms
        var (allocated, cpu) = (GC.GetTotalAllocatedBytes(), Environment.CpuUsage.TotalTime);
        for (var round = 0; round < Rounds; round++) rates.Add(await PublishAsync(client, exchanges, atOnce, count));
        (allocated, cpu) = ((GC.GetTotalAllocatedBytes() - allocated) / Rounds, (Environment.CpuUsage.TotalTime - cpu) / Rounds);
        rates.Sort();
        using var self = Process.GetCurrentProcess();
        Table.Row(name, Table.PerSecond(rates[Rounds / 2]), Table.PerSecond(rates[^1]), $"{cpu.TotalMicroseconds / count:0.0} µs", $"{allocated / count:N0} B each", $"{self.WorkingSet64 >> 20} MB");
    }

    private static async Task<double> PublishAsync(AmqpClient client, int exchanges, int atOnce, int count)
    {
        var body = new byte[Payload];
        var next = 0;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= count)
            {
                var key = i.ToString(CultureInfo.InvariantCulture);
                var result = await client.PublishAsync(new()
                {
                    Exchange = exchanges == 1 ? "bench0" : $"{Exchange}{i % exchanges}",
                    RoutingKey = "orders.created",
                    Mandatory = true,
                    Properties = new() { Persistent = true, MessageId = key, ContentType = "application/json", Headers = new Dictionary<string, object?> { [AmqpMessage.KeyHeader] = key } },
                    Body = body,
                    Key = key,
                }, CancellationToken.None);
                if (result.Status != AmqpPublishStatus.Confirmed) throw new InvalidOperationException($"A publish ended as {result}.");
            }
        })));
        return count / watch.Elapsed.TotalSeconds;
    }

    private static async Task<Process> StartAsync(string program, string folder, int port)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "enabled_plugins"), "[].");
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["LANG"] = "C.UTF-8",
            ["RABBITMQ_NODENAME"] = FormattableString.Invariant($"bench{port}@localhost"),
            ["RABBITMQ_MNESIA_BASE"] = folder,
            ["RABBITMQ_LOG_BASE"] = folder,
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "enabled_plugins"),
            ["RABBITMQ_NODE_PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_DIST_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_PORT"] = FreePort().ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-setcookie bench",
        }) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, port);
                return process;
            }
            catch (SocketException) { await Task.Delay(200); }
        }
        process.Kill(entireProcessTree: true);
        throw new InvalidOperationException("RabbitMQ did not start.");
    }

    // Erlang's name server stays when RabbitMQ ends; it is known by the folder it has as its home
    private static void EndNameServer(string folder)
    {
        foreach (var epmd in Process.GetProcessesByName("epmd"))
        {
            using (epmd)
            {
                try
                {
                    if (File.ReadAllText($"/proc/{epmd.Id}/environ").Contains(folder, StringComparison.Ordinal)) epmd.Kill();
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException) { } // another user's, or it has ended
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
