using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace TriggerConsole.Bench;

/// <summary>A webhook in, an HTTP call out, each part in a process of its own; beside a relay that stores nothing.</summary>
internal static class HttpBenchmark
{
    public const string Key = "tc_bench_0123456789abcdef0123456789abcdef";
    private const int Events = 20_000;
    private const int Callers = 32;
    private const int Rounds = 3;

    public static async Task RunAsync()
    {
        Table.Heading($"HTTP in, HTTP out, {Callers} callers, 400-byte payloads, all processes on this machine", "", "finished", "answered p50", "answered p99", "vs relay");
        var (sinkPort, relayPort, serverPort) = (FreePort(), FreePort(), FreePort());
        var folder = Directory.CreateTempSubdirectory("tc-bench-").FullName;
        using var sink = Self("sink", $"{sinkPort}");
        using var relay = Self("relay", $"{relayPort}", $"http://127.0.0.1:{sinkPort}/in");
        using var server = Server(serverPort, folder);
        try
        {
            using var client = new HttpClient { BaseAddress = new($"http://127.0.0.1:{serverPort}") };
            client.DefaultRequestHeaders.Add("X-Api-Key", Key);
            await WaitAsync(client, "/health/ready");
            using var counter = new HttpClient { BaseAddress = new($"http://127.0.0.1:{sinkPort}") };
            await WaitAsync(counter, "/count");
            var (url, token) = await CreateCallbackAsync(client, sinkPort);

            var rates = new Dictionary<string, List<(double Rate, double P50, double P99)>>();
            for (var round = -1; round < Rounds; round++) // the first one warms
            {
                await MeasureAsync("relay, stores nothing", $"http://127.0.0.1:{relayPort}/", null);
                await MeasureAsync("TriggerConsole, durable", $"http://127.0.0.1:{serverPort}{url}", token);

                async Task MeasureAsync(string name, string target, string? shown)
                {
                    var result = await LoadAsync(target, shown, counter);
                    if (round >= 0) (rates.TryGetValue(name, out var list) ? list : rates[name] = []).Add(result);
                }
            }
            var baseline = 0.0;
            foreach (var (name, results) in rates)
            {
                var median = results.OrderBy(r => r.Rate).ElementAt(Rounds / 2);
                if (baseline == 0) baseline = median.Rate;
                Table.Row(name, Table.PerSecond(median.Rate), Table.Milliseconds(median.P50), Table.Milliseconds(median.P99), Table.Ratio(median.Rate / baseline));
            }
            server.Refresh();
            Table.Row("peak memory of the server", $"{server.PeakWorkingSet64 >> 20} MB");
        }
        finally
        {
            foreach (var process in (Process[])[server, relay, sink]) process.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(double Rate, double P50, double P99)> LoadAsync(string url, string? token, HttpClient counter)
    {
        var goal = await CountAsync(counter) + Events;
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Callers });
        if (token is not null) client.DefaultRequestHeaders.Add("X-Callback-Token", token);
        var body = Encoding.UTF8.GetBytes($$"""{"id":"bench","event":"order.created","note":"{{new string('x', 350)}}"}""");
        var latencies = new double[Events];
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < Events)
            {
                var start = Stopwatch.GetTimestamp();
                using var content = new ByteArrayContent(body);
                content.Headers.ContentType = new("application/json");
                using var response = await client.PostAsync(url, content);
                response.EnsureSuccessStatusCode();
                latencies[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        })));
        while (await CountAsync(counter) < goal) await Task.Delay(2);
        var rate = Events / watch.Elapsed.TotalSeconds;
        Array.Sort(latencies);
        return (rate, latencies[Events / 2], latencies[Events * 99 / 100]);
    }

    public static async Task<(string Url, string Token)> CreateCallbackAsync(HttpClient client, int sinkPort)
    {
        var callback = await PostAsync(client, "/api/callbacks", new { name = "Bench" });
        var id = callback.GetProperty("id").GetString();
        await PostAsync(client, $"/api/callbacks/{id}/http", new
        {
            name = "Sink",
            settings = new { method = "POST", url = $"http://127.0.0.1:{sinkPort}/in", body = new { format = "json", template = """{"callback_id":"{callback_id}","triggered_at":"{timestamp}","payload":"{original_payload}"}""" } },
        });
        return ($"/api/trigger/{id}", callback.GetProperty("token").GetString()!);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<int> CountAsync(HttpClient counter) => int.Parse(await counter.GetStringAsync("/count"), System.Globalization.CultureInfo.InvariantCulture);

    public static async Task WaitAsync(HttpClient client, string path)
    {
        for (var i = 0; i < 300; i++)
        {
            try
            {
                using var response = await client.GetAsync(path);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // not up yet
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"{client.BaseAddress}{path} does not answer.");
    }

    public static Process Self(params string[] arguments) => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments))!;

    public static Process Server(int port, string folder, Dictionary<string, string>? settings = null)
    {
        // …/bench/bin/Release/net10.0/ → …/TriggerConsole/bin/Release/net10.0/TriggerConsole.dll
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(output.Parent!.Parent!.Parent!.Parent!.FullName, "TriggerConsole", "bin", output.Parent!.Name, output.Name, "TriggerConsole.dll");
        var start = new ProcessStartInfo("dotnet", [program]) { WorkingDirectory = Path.GetDirectoryName(program) };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
            ["Database__Directory"] = folder,
            ["TriggerConsole__Admin__Email"] = "bench@example.com",
            ["TriggerConsole__Admin__Password"] = "correct horse battery",
            ["TriggerConsole__Admin__ApiKey"] = Key,
            ["Egress__AllowedNetworks__0"] = "127.0.0.0/8",
            ["Logging__LogLevel__Default"] = "Warning",
            // One address does all the work here
            ["RateLimiting__Ingress__Permits"] = "10000000",
        }.Concat(settings ?? [])) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
