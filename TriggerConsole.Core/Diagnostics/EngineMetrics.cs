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
    private readonly Counter<long> _leasesLost;
    private readonly Counter<long> _rescued;
    private readonly Counter<long> _fenced;

    public EngineMetrics()
    {
        _events = _meter.CreateCounter<long>("triggerconsole.events.accepted", "{event}", "Events stored.");
        _rejections = _meter.CreateCounter<long>("triggerconsole.events.refused", "{request}", "Requests to callbacks that were refused, by reason.");
        _attempts = _meter.CreateCounter<long>("triggerconsole.attempts", "{attempt}", "Attempts made, by kind and outcome.");
        _duration = _meter.CreateHistogram<double>("triggerconsole.attempt.duration", "s", "How long attempts took.");
        _leasesLost = _meter.CreateCounter<long>("triggerconsole.node.leases.lost", "{lease}", "How often this node was taken for dead and went on as a new one.");
        _rescued = _meter.CreateCounter<long>("triggerconsole.executions.rescued", "{execution}", "Executions of dead nodes that this node gave back to the queue.");
        _fenced = _meter.CreateCounter<long>("triggerconsole.attempts.fenced", "{attempt}", "Attempts that were not recorded, because another node had taken their execution over.");
    }

    /// <summary>Whether this is one of our instruments, and not those of another engine in the same process.</summary>
    public bool Owns(Instrument instrument) => instrument.Meter == _meter;

    /// <summary>Adds a figure that is read when someone asks.</summary>
    public void Observe(string name, string unit, string description, Func<long> read) => _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>Adds totals that are read when someone asks, one for each value of a label.</summary>
    public void ObserveTotals(string name, string unit, string description, string label, Func<IEnumerable<(string Value, long Total)>> read)
        => _meter.CreateObservableCounter(name, () => read().Select(t => new Measurement<long>(t.Total, new KeyValuePair<string, object?>(label, t.Value))), unit, description);

    public void EventAccepted() => _events.Add(1);

    public void RequestRefused(string reason) => _rejections.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void AttemptMade(TriggerKind kind, AttemptOutcome outcome, long microseconds)
    {
        if (_attempts.Enabled) _attempts.Add(1, new("kind", Name(kind)), new("outcome", outcome.Succeeded ? "succeeded" : outcome.Code));
        if (_duration.Enabled) _duration.Record(microseconds / 1e6, new KeyValuePair<string, object?>("kind", Name(kind)));
    }

    public void LeaseLost() => _leasesLost.Add(1);

    public void Rescued(int executions) => _rescued.Add(executions);

    public void AttemptFenced() => _fenced.Add(1);

    public void Dispose() => _meter.Dispose();

    private static string Name(TriggerKind kind) => kind switch { TriggerKind.Http => "http", TriggerKind.Mqtt => "mqtt", _ => "amqp" };
}
