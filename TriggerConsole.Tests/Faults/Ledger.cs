using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Faults;

/// <summary>
/// Keeps the books of a fault test: what was answered 202, what arrived at the target, and whether each duplicate has an excuse.
/// </summary>
internal sealed class Ledger : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _answered = new();
    private readonly ServerProcess[] _servers;
    private readonly HttpSink _sink;
    private readonly Guid _callback;
    private readonly HttpClient _sender;
    private int _next;

    private Ledger(ServerProcess[] servers, HttpSink sink, Guid callback, string token)
    {
        (_servers, _sink, _callback) = (servers, sink, callback);
        _sender = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        _sender.DefaultRequestHeaders.Add("X-Callback-Token", token);
    }

    /// <summary>Executions that were promised with a 202.</summary>
    public int Answered => _answered.Count;

    /// <summary>Executions of the requests answered 202 so far.</summary>
    public string[] Accepted => [.. _answered.Values];

    /// <summary>Those that arrived, and how often.</summary>
    public (int Executions, int Duplicates) Arrived
    {
        get
        {
            var keys = _sink.Requests.Select(r => r.Header("Idempotency-Key")).ToList();
            var different = keys.Distinct().Count();
            return (different, keys.Count - different);
        }
    }

    /// <summary>Requests answered 503.</summary>
    public int Refused => _refused;

    private int _refused;

    public static Task<Ledger> OpenAsync(ServerProcess server, object? retry = null) => OpenAsync([server], 1, retry);

    /// <param name="servers">Nodes of one database; events go to each in turn.</param>
    /// <param name="triggers">Executions that each event makes.</param>
    public static async Task<Ledger> OpenAsync(ServerProcess[] servers, int triggers, object? retry = null)
    {
        var server = servers[0];
        var sink = await HttpSink.StartAsync();
        var callback = await PostAsync(server, "/api/callbacks", new { name = "Ledger" });
        var id = callback.GetProperty("id").GetGuid();
        for (var i = 0; i < triggers; i++) await PostAsync(server, "/api/triggers", new
        {
            kind = "Http",
            callbackId = id,
            name = $"Sink {i}",
            settings = new { method = "POST", url = sink.At("/in") },
            retry = retry ?? new { maxAttempts = 100, strategy = "fixed", delaySeconds = 0.2 },
        });
        return new(servers, sink, id, callback.GetProperty("token").GetString()!);
    }

    /// <summary>Sends one event and writes the answer down, unless the server went away before it answered.</summary>
    public async Task SendAsync(int padding = 0)
    {
        var number = Interlocked.Increment(ref _next);
        var name = $"event-{number}";
        var url = new Uri($"http://127.0.0.1:{_servers[number % _servers.Length].Port}/api/trigger/{_callback}");
        using var content = new StringContent(JsonSerializer.Serialize(new { name, padding = new string('x', padding) }), Encoding.UTF8, "application/json");
        try
        {
            using var response = await _sender.PostAsync(url, content);
            if ((int)response.StatusCode == 202)
            {
                foreach (var execution in (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("executions").EnumerateArray())
                    _answered[$"{name} {execution.GetProperty("triggerId").GetString()}"] = execution.GetProperty("id").GetString()!;
            }
            else if ((int)response.StatusCode == 503)
                Interlocked.Increment(ref _refused);
            else
                throw new InvalidOperationException($"The ingress answered {(int)response.StatusCode}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            // Not answered: the sender knows nothing, and nothing is owed
        }
    }

    /// <summary>Sends one event to this node and gives its answer; nothing is written down.</summary>
    public Task<HttpResponseMessage> TryAsync(ServerProcess server) => _sender.PostAsync(new Uri($"http://127.0.0.1:{server.Port}/api/trigger/{_callback}"), new StringContent("{}", Encoding.UTF8, "application/json"));

    /// <summary>Sends from several places at once until told to stop.</summary>
    public Task LoadAsync(int senders, CancellationToken until, int padding = 0) => Task.WhenAll(Enumerable.Range(0, senders).Select(_ => Task.Run(async () =>
    {
        while (!until.IsCancellationRequested) await SendAsync(padding);
    }, CancellationToken.None)));

    public Task ReachAsync(int answered) => Eventually.TrueAsync(() => Answered >= answered, $"{answered} executions to be accepted");

    /// <summary>Loads three nodes until so many executions are accepted; meanwhile the second is killed and started again, and the third is killed.</summary>
    public async Task LoadAndKillTwoOfThreeAsync(int senders, int goal)
    {
        using var until = new CancellationTokenSource();
        var load = LoadAsync(senders, until.Token);
        await ReachAsync(goal / 4);
        _servers[1].Kill();
        await ReachAsync(goal / 2);
        var back = _servers[1].StartAsync();
        await ReachAsync(goal * 3 / 4);
        _servers[2].Kill();
        await ReachAsync(goal);
        await until.CancelAsync();
        await load;
        await back;
    }

    /// <summary>Of the server that tells how things stand; it must live.</summary>
    public int Teller { get; set; }

    /// <summary>Waits until nothing is on its way any more, then compares.</summary>
    public async Task BalanceAsync()
    {
        await Eventually.TrueAsync(async () =>
        {
            var waiting = await GetAsync("/api/executions?status=Queued,Running,Retrying&pageSize=1");
            return waiting.GetProperty("items").GetArrayLength() == 0;
        }, "everything to be carried out");

        var arrivals = _sink.Requests.GroupBy(r => r.Header("Idempotency-Key")!).ToDictionary(g => g.Key, g => g.Count());
        var lost = _answered.Where(a => !arrivals.ContainsKey(a.Value)).Select(a => a.Key).ToList();
        Assert.True(lost.Count == 0, $"{lost.Count} of {_answered.Count} accepted events never arrived: {string.Join(", ", lost.Take(5))}. {string.Concat(_servers.Select(s => s.Output))}");
        foreach (var (execution, _) in arrivals.Where(a => a.Value > 1))
        {
            var details = await GetAsync($"/api/executions/{execution}");
            Assert.True(details.GetProperty("execution").GetProperty("recovered").GetBoolean() || details.GetProperty("execution").GetProperty("attempts").GetInt32() > 1,
                $"{execution} arrived {arrivals[execution]} times, but was never in flight when the process ended.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _sink.DisposeAsync();
    }

    private async Task<JsonElement> GetAsync(string path) => await _servers[Teller].Client.GetFromJsonAsync<JsonElement>(path);

    private static async Task<JsonElement> PostAsync(ServerProcess server, string path, object body)
    {
        using var response = await server.Client.PostAsJsonAsync(path, body);
        if (!response.IsSuccessStatusCode) throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
