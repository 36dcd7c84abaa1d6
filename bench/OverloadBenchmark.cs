using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TriggerConsole.Bench;

/// <summary>
/// One address sends far more than it may, in a process of its own; another one sends as ever. Prints what the second one notices,
/// without a flood, with the limits as configured and, to compare, with limits off; and whether everything accepted was carried out.
/// </summary>
internal static class OverloadBenchmark
{
    private const int Rate = 5_000;
    private const int Seconds = 15;

    public static async Task RunAsync()
    {
        Table.Heading($"{Rate:N0} requests a second from one address, 100 a second from another, {Seconds} s each", "", "p50", "p99", "p99 vs calm", "flood sent", "let through", "lost");
        await RunAsync("limits on", new() { ["RateLimiting__Ingress__Permits"] = "12000", ["RateLimiting__Ingress__Burst"] = "400" });
        await RunAsync("limits off", new() { ["RateLimiting__Enabled"] = "false" });
    }

    /// <summary>The flood itself: <c>overload-flood PORT PATH TOKEN</c>. Prints sent, accepted and refused.</summary>
    public static async Task FloodAsync(int port, string path, string token)
    {
        var body = $$"""{"id":"flood","note":"{{new string('x', 350)}}"}""";
        var request = Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Callback-Token: {token}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var (sent, accepted, refused) = (0, 0, 0);
        var sockets = new List<Socket>();
        for (var i = 0; i < 8; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port);
            sockets.Add(socket);
        }
        var readers = sockets.Select(ReadAsync).ToList();
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(Seconds))
        {
            foreach (var socket in sockets)
            {
                if (sent >= Rate * watch.Elapsed.TotalSeconds) break;
                var count = Math.Clamp((int)(Rate * watch.Elapsed.TotalSeconds - sent) / sockets.Count, 1, 50);
                var bytes = new byte[request.Length * count];
                for (var j = 0; j < count; j++) request.CopyTo(bytes, j * request.Length);
                await socket.SendAsync(bytes);
                sent += count;
            }
            await Task.Delay(5);
        }
        for (var i = 0; i < 400 && Volatile.Read(ref accepted) + Volatile.Read(ref refused) < sent; i++) await Task.Delay(50);
        foreach (var socket in sockets) socket.Dispose();
        await Task.WhenAll(readers);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sent} {accepted} {refused}"));

        async Task ReadAsync(Socket socket)
        {
            var (buffer, kept) = (new byte[64 * 1024], 0);
            try
            {
                while (await socket.ReceiveAsync(buffer.AsMemory(kept)) is var read and > 0)
                {
                    var (end, at) = (kept + read, 0);
                    while (buffer.AsSpan(at, end - at).IndexOf("HTTP/1.1 "u8) is var found and >= 0 && at + found + 12 <= end)
                    {
                        if (buffer.AsSpan(at + found + 9, 3).SequenceEqual("202"u8)) Interlocked.Increment(ref accepted);
                        else Interlocked.Increment(ref refused);
                        at += found + 12;
                    }
                    kept = Math.Min(end - at, 12);
                    buffer.AsSpan(end - kept, kept).CopyTo(buffer);
                }
            }
            catch (SocketException)
            {
                // closed by us
            }
        }
    }

    private static async Task RunAsync(string name, Dictionary<string, string> settings)
    {
        var folder = Directory.CreateTempSubdirectory("tc-bench-").FullName;
        var (port, sinkPort) = (HttpBenchmark.FreePort(), HttpBenchmark.FreePort());
        using var sink = HttpBenchmark.Self("sink", $"{sinkPort}");
        using var server = HttpBenchmark.Server(port, folder, settings);
        try
        {
            using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            client.DefaultRequestHeaders.Add("X-Api-Key", HttpBenchmark.Key);
            await HttpBenchmark.WaitAsync(client, "/health/ready");
            using var counter = new HttpClient { BaseAddress = new($"http://127.0.0.1:{sinkPort}") };
            await HttpBenchmark.WaitAsync(counter, "/count");
            var (path, token) = await HttpBenchmark.CreateCallbackAsync(client, sinkPort);

            await MeasureAsync(client, path, token, 3);
            var calm = await MeasureAsync(client, path, token, Seconds);
            using var flood = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["overload-flood", $"{port}", path, token]) { RedirectStandardOutput = true })!;
            var during = await MeasureAsync(client, path, token, Seconds);
            var counts = (await flood.StandardOutput.ReadToEndAsync()).Trim().Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToList();
            await flood.WaitForExitAsync();
            var accepted = 300 + calm.Accepted + during.Accepted + counts[1];
            var arrived = 0;
            for (var i = 0; i < 600 && (arrived = await HttpBenchmark.CountAsync(counter)) < accepted; i++) await Task.Delay(100);
            Table.Row($"{name}: calm", Table.Milliseconds(calm.P50), Table.Milliseconds(calm.P99), "");
            Table.Row($"{name}: beside the flood", Table.Milliseconds(during.P50), Table.Milliseconds(during.P99), Table.Ratio(during.P99 / calm.P99), Table.Number(counts[0]), Table.Number(counts[1]), Table.Number(Math.Max(0, accepted - arrived)));
        }
        finally
        {
            foreach (var process in (Process[])[server, sink]) process.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    // 100 a second at their times, however long the one before took
    private static async Task<(double P50, double P99, int Accepted)> MeasureAsync(HttpClient client, string path, string token, int seconds)
    {
        var (times, refused, watch) = (new double[seconds * 100], 0, Stopwatch.StartNew());
        var calls = new List<Task>();
        for (var i = 0; i < times.Length; i++)
        {
            var wait = TimeSpan.FromMilliseconds(i * 10) - watch.Elapsed;
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            calls.Add(CallAsync(i));
        }
        await Task.WhenAll(calls);
        Array.Sort(times);
        return (times[times.Length / 2], times[times.Length * 99 / 100], times.Length - refused);

        async Task CallAsync(int i)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent("{\"id\":\"calm\"}"u8.ToArray()) };
            request.Headers.Add("X-Callback-Token", token);
            request.Content.Headers.ContentType = new("application/json");
            var start = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (response.StatusCode != HttpStatusCode.Accepted) Interlocked.Increment(ref refused);
        }
    }
}
