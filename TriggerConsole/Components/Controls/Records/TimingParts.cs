using TriggerConsole.Core.Http;

namespace TriggerConsole.Components.Controls.Records;

/// <summary>One stretch of a call.</summary>
/// <param name="Css">Class of the part of the bar.</param>
internal readonly record struct TimingPart(string Word, string Css, double Milliseconds);

/// <summary>Where the time of a call went.</summary>
internal static class TimingParts
{
    /// <summary>The parts in their order; those that did not take place are left out.</summary>
    public static IReadOnlyList<TimingPart> Of(RecordedHttpTimings timings)
    {
        var parts = new List<TimingPart>();
        var passed = 0.0;
        Add("Name look-up", "dns", timings.DnsMs);
        Add("Connecting", "connect", timings.ConnectMs);
        Add("TLS", "tls", timings.TlsMs);
        Add("Waiting", "wait", Math.Max(0, (timings.FirstByteMs ?? timings.TotalMs) - passed));
        if (timings.FirstByteMs is not null) Add("Reading", "read", Math.Max(0, timings.TotalMs - passed));
        return parts;

        void Add(string word, string css, double? milliseconds)
        {
            if (milliseconds is not { } time) return;
            parts.Add(new(word, css, time));
            passed += time;
        }
    }
}
