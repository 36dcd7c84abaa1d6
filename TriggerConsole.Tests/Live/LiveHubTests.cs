using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using TriggerConsole.Tests.Mqtt;
using TriggerConsole.Tests.Testing;
using Xunit;

namespace TriggerConsole.Tests.Live;

/// <summary>The hub as its users reach it: with the JavaScript client, by the example in <c>docs/examples/live</c>.</summary>
public sealed class LiveHubTests
{
    [Fact]
    public async Task Watch_EventFired_TellsOfEachChange()
    {
        await using var app = await TestApp.StartAsync();
        await using var sink = await HttpSink.StartAsync();
        var callback = await app.CreateCallbackAsync(sink.At("/in"));
        var other = await app.CreateCallbackAsync(sink.At("/other"));
        using var all = Watcher.Start(app.Address, TestApp.ApiKey);
        using var one = Watcher.Start(app.Address, TestApp.ApiKey, callback.TriggerId.ToString());
        await all.WaitForAsync(line => line.GetProperty("what").GetString() == "listening", "the first watcher to listen");
        await one.WaitForAsync(line => line.GetProperty("what").GetString() == "listening", "the second watcher to listen");

        var id = (await app.FireAsync(callback, new { n = 1 }))[0];
        var elsewhere = (await app.FireAsync(other, new { n = 2 }))[0];

        foreach (var watcher in (Watcher[])[all, one])
            await watcher.WaitForAsync(line => Statuses(line).Any(s => s == (id, "Succeeded")), "the end to be told");
        await all.WaitForAsync(line => Statuses(line).Any(s => s == (elsewhere, "Succeeded")), "the other one to be told");
        Assert.DoesNotContain(one.Lines, line => Statuses(line).Any(s => s.Id == elsewhere));
        Assert.DoesNotContain("\"n\":1", string.Concat(all.Lines), StringComparison.Ordinal); // ids and states, no payloads
    }

    [Fact]
    public async Task Watch_BrokerGoesAndComesBack_TellsOfBoth()
    {
        await using var server = await MosquittoServer.StartAsync();
        await using var app = await TestApp.StartAsync();
        using var watcher = Watcher.Start(app.Address, TestApp.ApiKey);
        await watcher.WaitForAsync(line => line.GetProperty("what").GetString() == "listening", "the watcher to listen");

        var id = await app.ConnectBrokerAsync(new { name = "Hall 3", url = $"mqtt://127.0.0.1:{server.Port}" });
        await watcher.WaitForAsync(line => IsBroker(line, "Connected"), "the connection to be told");
        server.Kill();
        await watcher.WaitForAsync(line => IsBroker(line, "Waiting") && line.GetProperty("lastFailure").GetProperty("detail").GetString()!.Length > 0, "the loss to be told");
        await server.StartAgainAsync();
        await app.WaitForBrokerAsync(id, "Connected");
        await Eventually.TrueAsync(() => watcher.Lines.Count(line => IsBroker(line, "Connected")) == 2, "the return to be told");

        bool IsBroker(JsonElement line, string state) => line.GetProperty("what").GetString() == "broker" && line.GetProperty("brokerId").GetGuid() == id && line.GetProperty("state").GetString() == state;
    }

    [Fact]
    public async Task Watch_WrongKeyOrUnknownTrigger_IsRefused()
    {
        await using var app = await TestApp.StartAsync();
        using var wrong = Watcher.Start(app.Address, "tc_wrong_0123456789abcdef");
        using var unknown = Watcher.Start(app.Address, TestApp.ApiKey, Guid.NewGuid().ToString());

        Assert.NotEqual(0, await wrong.ExitAsync());
        Assert.NotEqual(0, await unknown.ExitAsync());
        Assert.Contains("401", wrong.Errors, StringComparison.Ordinal);
        Assert.Contains("There is no trigger", unknown.Errors, StringComparison.Ordinal);
    }

    private static IEnumerable<(Guid Id, string? Status)> Statuses(JsonElement line)
        => line.TryGetProperty("executions", out var executions)
            ? executions.EnumerateArray().Select(e => (e.GetProperty("executionId").GetGuid(), e.GetProperty("status").GetString()))
            : [];

    private sealed class Watcher : IDisposable
    {
        private readonly Process _process;
        private readonly System.Text.StringBuilder _errors = new();

        private Watcher(Process process) => _process = process;

        public ConcurrentQueue<JsonElement> Lines { get; } = new();

        public string Errors
        {
            get { lock (_errors) return _errors.ToString(); }
        }

        public static Watcher Start(Uri server, string key, params string[] more)
        {
            var folder = Path.Combine(Repository.Root, "docs", "examples", "live");
            Needs.Program(Directory.Exists(Path.Combine(folder, "node_modules", "@microsoft", "signalr")) ? Needs.Find("node") : null, "Node.js with the example's packages", "nodejs npm; then npm install in docs/examples/live");
            var process = Process.Start(new ProcessStartInfo("node", ["watch.mjs", server.ToString().TrimEnd('/'), key, .. more])
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var watcher = new Watcher(process);
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data is { Length: > 0 } json) watcher.Lines.Enqueue(JsonSerializer.Deserialize<JsonElement>(json));
            };
            process.ErrorDataReceived += (_, line) =>
            {
                lock (watcher._errors) watcher._errors.AppendLine(line.Data);
            };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return watcher;
        }

        public Task WaitForAsync(Func<JsonElement, bool> line, string what) => Eventually.TrueAsync(() => Lines.Any(line), what);

        public async Task<int> ExitAsync()
        {
            await _process.WaitForExitAsync().WaitAsync(Eventually.Limit);
            return _process.ExitCode;
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill();
            _process.Dispose();
        }
    }
}
