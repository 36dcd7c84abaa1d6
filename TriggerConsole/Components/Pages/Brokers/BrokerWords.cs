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

    /// <summary>There is a connection, but the broker takes no messages for now.</summary>
    Blocked,

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
        BrokerState.Blocked => BrokerHealth.Blocked,
        BrokerState.Disabled => BrokerHealth.Off,
        BrokerState.Waiting => BrokerHealth.Down,
        _ => status.LastFailure is null ? BrokerHealth.Connecting : BrokerHealth.Down,
    };

    /// <summary>The same of one node's connection.</summary>
    public static BrokerHealth HealthOf(NodeBrokerStatus status)
        => HealthOf(new BrokerStatus { State = status.State, LastFailure = status.Problem is { } problem ? new("away", problem) : null });

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
        BrokerHealth.Blocked => "warn",
        _ => "off",
    };

    /// <summary>What it means, for the tooltip.</summary>
    public static string Meaning(BrokerHealth health) => health switch
    {
        BrokerHealth.Connected => "The broker answers; messages go out at once",
        BrokerHealth.Connecting => "The connection is being made",
        BrokerHealth.Down => "There is no connection; messages wait, and it is tried again by itself",
        BrokerHealth.Blocked => "Connected, but the broker takes no messages for now; they wait",
        _ => "Nothing connects, and messages wait until it is switched on",
    };

    /// <summary>Why a broker that is connected takes no messages: part of a sentence, with its own words.</summary>
    public static string WhyBlocked(BrokerStatus status)
        => status.BlockedReason is { Length: > 0 } reason ? $"takes no messages for now (it says: {reason})" : "takes no messages for now";

    /// <summary>What helps a broker that is blocked: it has run out of something (RabbitMQ's alarms).</summary>
    public static string BlockedAdvice(BrokerStatus status)
        => $"It goes on by itself as soon as the broker has room again. {(status.BlockedReason is { } reason && reason.Contains("disk", StringComparison.OrdinalIgnoreCase)
            ? "Free space on its disk."
            : "Usually it is short of memory or disk space because queues have grown: see whether their consumers run, or empty a queue.")}";

    /// <summary><c>0.4 ms</c>, <c>84 ms</c>: round trips are often shorter than a millisecond.</summary>
    public static string RoundTrip(double milliseconds)
        => milliseconds < 10 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(milliseconds, 0.1):0.0} ms") : Format.Duration(milliseconds);

    /// <summary>"1 broker is not connected", "2 brokers are not connected, 1 takes no messages".</summary>
    public static string Away(int down, int blocked)
    {
        List<string> parts = [];
        if (down > 0) parts.Add(down == 1 ? "1 broker is not connected" : $"{down} brokers are not connected");
        if (blocked > 0) parts.Add($"{blocked}{(down > 0 ? "" : blocked == 1 ? " broker" : " brokers")} {(blocked == 1 ? "takes" : "take")} no messages");
        return string.Join(", ", parts);
    }

    /// <summary>"3 executions", "10,000 or more executions".</summary>
    public static string Executions(int count)
        => count >= BrokerRows.MostCounted ? $"{Format.Number(count)} or more executions" : Format.Count(count, "execution");
}
