using System.Diagnostics.Metrics;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Diagnostics;

/// <summary>Figures of the engine for <c>/metrics</c> and OpenTelemetry: meter <c>TriggerConsole</c>.</summary>
public sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "TriggerConsole";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _events;
    private readonly Counter<long> _rejections;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;

    public EngineMetrics()
    {
        _events = _meter.CreateCounter<long>("triggerconsole.events.accepted", "{event}", "Events stored.");
        _rejections = _meter.CreateCounter<long>("triggerconsole.events.refused", "{request}", "Requests to callbacks that were refused, by reason.");
        _attempts = _meter.CreateCounter<long>("triggerconsole.attempts", "{attempt}", "Attempts made, by kind and outcome.");
        _duration = _meter.CreateHistogram<double>("triggerconsole.attempt.duration", "s", "How long attempts took.");
    }

    /// <summary>Whether this is one of our instruments, and not those of another engine in the same process.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>Adds a figure that is read when someone asks.</summary>
    public void Observe(string name, string unit, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, unit, description);

    public void EventAccepted() => _events.Add(1);

    public void RequestRefused(string reason) => _rejections.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void AttemptMade(TriggerKind kind, AttemptOutcome outcome, long microseconds)
    {
        if (_attempts.Enabled) _attempts.Add(1, new("kind", Name(kind)), new("outcome", outcome.Succeeded ? "succeeded" : outcome.Code));
        if (_duration.Enabled) _duration.Record(microseconds / 1e6, new KeyValuePair<string, object?>("kind", Name(kind)));
    }

    public void Dispose() => _meter.Dispose();

    private static string Name(TriggerKind kind) => kind switch { TriggerKind.Http => "http", TriggerKind.Mqtt => "mqtt", _ => "amqp" };
}
