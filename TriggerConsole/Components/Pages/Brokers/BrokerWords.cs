using System.Globalization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Brokers;

namespace TriggerConsole.Components.Pages.Brokers;

/// <summary>How it stands with a broker, as people see it.</summary>
public enum BrokerHealth
{
    Connected,

    /// <summary>The first try is under way; nothing has gone wrong.</summary>
    Connecting,

    /// <summary>There is no connection, and the last try failed.</summary>
    Down,

    /// <summary>Switched off here.</summary>
    Off,
}

/// <summary>The state of a broker in words.</summary>
internal static class BrokerWords
{
    /// <remarks>Between two tries it is "connecting" for a moment: a reader should not see that as a change.</remarks>
    public static BrokerHealth HealthOf(BrokerStatus status) => status.State switch
    {
        BrokerState.Connected => BrokerHealth.Connected,
        BrokerState.Disabled => BrokerHealth.Off,
        BrokerState.Waiting => BrokerHealth.Down,
        _ => status.LastFailure is null ? BrokerHealth.Connecting : BrokerHealth.Down,
    };

    public static string Word(BrokerHealth health) => health switch
    {
        BrokerHealth.Down => "Not connected",
        BrokerHealth.Off => "Switched off",
        var other => other.ToString(),
    };

    /// <summary>Colour of its dot.</summary>
    public static string Css(BrokerHealth health) => health switch
    {
        BrokerHealth.Connected => "good",
        BrokerHealth.Connecting => "busy",
        BrokerHealth.Down => "bad",
        _ => "off",
    };

    /// <summary>What it means, for the tooltip.</summary>
    public static string Meaning(BrokerHealth health) => health switch
    {
        BrokerHealth.Connected => "The broker answers; messages go out at once",
        BrokerHealth.Connecting => "The connection is being made",
        BrokerHealth.Down => "There is no connection; messages wait, and it is tried again by itself",
        _ => "Nothing connects, and messages wait until it is switched on",
    };

    /// <summary><c>0.4 ms</c>, <c>84 ms</c>: round trips are often shorter than a millisecond.</summary>
    public static string RoundTrip(double milliseconds)
        => milliseconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(milliseconds, 0.1):0.0} ms") : Format.Duration(milliseconds);

    /// <summary>"3 executions", "10,000 or more executions".</summary>
    public static string Executions(int count)
        => count >= BrokerRows.MostCounted ? $"{Format.Number(count)} or more executions" : Format.Count(count, "execution");
}
