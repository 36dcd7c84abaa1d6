using Microsoft.AspNetCore.Http;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Tests.Http;
using TriggerConsole.Tests.Testing;

namespace TriggerConsole.Tests.Conformance;

/// <summary>HTTP calls against a web server that repeats what it gets.</summary>
public sealed class HttpTriggerExecutorTests : TriggerExecutorConformance
{
    private protected override async Task<ExecutorBench> CreateAsync() => new Bench(await HttpSink.StartAsync());

    private sealed class Bench : ExecutorBench
    {
        private readonly HttpBench _http = new();
        private readonly HttpSink _sink;
        private readonly TaskCompletionSource _end = new();

        public Bench(HttpSink sink)
        {
            _sink = sink;
            sink.Answer = (context, request) => context.Response.WriteAsync($"{request.Target} {string.Join(' ', request.Headers.Values)} {request.Text[..Math.Min(request.Text.Length, 100_000)]}");
        }

        public override ITriggerKind Kind => _http.Kind;

        public override TestSecrets Secrets => _http.Secrets;

        public override ClosedList Codes { get; } = new(typeof(HttpFailures));

        public override TriggerSettings Plain => HttpBench.Settings(_sink.At("/in"));

        public override TriggerSettings NeedingAValue => HttpBench.Settings(_sink.At("/in/{payload.needed}"));

        public override IReadOnlyList<string> KnownWhenSent => ["httpVersion"];

        public override TriggerSettings Everywhere(string text) => HttpBench.Settings(_sink.At($"/in/x{text}?q={text}")) with
        {
            Query = [new() { Name = "k", Value = text }],
            Headers = [new() { Name = "X-Text", Value = text }],
            Body = new() { Format = HttpBodyFormat.Text, Template = text + " " },
        };

        public override TriggerSettings Json(string template) => HttpBench.Settings(_sink.At("/in")) with { Body = new() { Format = HttpBodyFormat.Json, Template = template } };

        public override TriggerSettings Limited(TriggerSettings settings, double seconds) => (HttpTriggerSettings)settings with { TimeoutSeconds = seconds };

        public override async Task<IReadOnlyList<Arrival>> ArrivalsAsync(int count)
        {
            await Eventually.TrueAsync(() => _sink.Requests.Count >= count, $"{count} requests");
            return [.. _sink.Requests.Select(r => new Arrival(r.Body, r.Header("Idempotency-Key")))];
        }

        public override void FallSilent() => _sink.Answer = (_, _) => _end.Task;

        public override async Task GoAwayAsync() => await _sink.DisposeAsync();

        public override async ValueTask DisposeAsync()
        {
            _end.TrySetResult();
            await _http.DisposeAsync();
            await _sink.DisposeAsync();
        }
    }
}
