using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;

namespace TriggerConsole.Hosting;

/// <summary>
/// <c>/metrics</c> in the text format of Prometheus (exposition format 0.0.4): the figures of our own meter and of the runtime.
/// Needs sign-in; scrapers show an API key as bearer token.
/// </summary>
internal sealed class MetricsEndpoint : IHostedService, IDisposable
{
    private static readonly double[] s_bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();
    private readonly MeterListener _listener = new();

    public MetricsEndpoint(EngineMetrics metrics, ExecutionJournal journal, Dispatcher dispatcher, StuckWatch stuck)
    {
        metrics.Observe("triggerconsole.executions.running", "{execution}", "Attempts under way.", () => dispatcher.Figures.Running);
        metrics.Observe("triggerconsole.executions.held", "{execution}", "Executions in memory.", () => dispatcher.Figures.Held);
        metrics.Observe("triggerconsole.executions.stuck", "{execution}", "Attempts that have outlasted their own limit.", () => stuck.Count);
        metrics.Observe("triggerconsole.journal.waiting", "{entry}", "Entries waiting for the disk.", () => journal.Waiting);
        metrics.Observe("triggerconsole.journal.fault", "1", "1 while nothing can be stored.", () => journal.Fault is null ? 0 : 1);
        metrics.Observe("triggerconsole.circuits.open", "{circuit}", "Targets that are left alone.", () => dispatcher.OpenCircuits.Count);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (metrics.Owns(instrument) || instrument.Meter.Name == "System.Runtime") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
    }

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/metrics", (MetricsEndpoint metrics) => TypedResults.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"))
            .RequireAuthorization(Permissions.ReadMetrics).ExcludeFromDescription();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    internal string Render()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var group in _series.GroupBy(s => s.Key.Instrument).OrderBy(g => NameOf(g.Key), StringComparer.Ordinal))
        {
            var name = NameOf(group.Key);
            var type = IsHistogram(group.Key) ? "histogram" : IsCounter(group.Key) ? "counter" : "gauge";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {group.Key.Description}\n# TYPE {name} {type}\n");
            foreach (var ((_, labels), series) in group) series.Write(text, name, labels, type == "histogram");
        }
        return text.ToString();
    }

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _series.GetOrAdd((instrument, Labels(tags)), _ => new());
        if (IsHistogram(instrument)) series.Observe(value);
        else if (instrument.IsObservable) series.Set(value);
        else series.Add(value);
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0) return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
            text.Append(text.Length == 0 ? "" : ",").Append(name.Replace('.', '_')).Append("=\"").Append(value?.ToString()?.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        return text.ToString();
    }

    private static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_').Replace('-', '_');
        if (instrument.Unit == "s") name += "_seconds";
        if (instrument.Unit == "By") name += "_bytes";
        return IsCounter(instrument) ? name + "_total" : name;
    }

    private static bool IsHistogram(Instrument instrument) => instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal);

    private static bool IsCounter(Instrument instrument) => instrument.GetType().Name is var type && (type.StartsWith("Counter", StringComparison.Ordinal) || type.StartsWith("ObservableCounter", StringComparison.Ordinal));

    private sealed class Series
    {
        private readonly long[] _buckets = new long[s_bounds.Length];
        private readonly Lock _gate = new();
        private double _value;
        private long _count;

        public void Set(double value)
        {
            lock (_gate) _value = value;
        }

        public void Add(double value)
        {
            lock (_gate) _value += value;
        }

        public void Observe(double value)
        {
            lock (_gate)
            {
                _value += value;
                _count++;
                for (var i = s_bounds.Length - 1; i >= 0 && value <= s_bounds[i]; i--) _buckets[i]++;
            }
        }

        public void Write(StringBuilder text, string name, string labels, bool isHistogram)
        {
            lock (_gate)
            {
                if (!isHistogram)
                {
                    text.Append(name).Append(labels.Length > 0 ? $"{{{labels}}} " : " ").Append(CultureInfo.InvariantCulture, $"{_value}\n");
                    return;
                }
                var before = labels.Length > 0 ? labels + "," : "";
                for (var i = 0; i < s_bounds.Length; i++) text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{s_bounds[i]}\"}} {_buckets[i]}\n");
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"+Inf\"}} {_count}\n");
                var braces = labels.Length > 0 ? $"{{{labels}}}" : "";
                text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {_value}\n{name}_count{braces} {_count}\n");
            }
        }
    }
}
