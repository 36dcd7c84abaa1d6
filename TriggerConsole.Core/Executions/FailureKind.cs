namespace TriggerConsole.Core.Executions;

/// <summary>The closed set of reasons why an attempt failed. Whether it is retried is computed from it (<see cref="FailureKinds.IsRetriedByDefault"/>).</summary>
public enum FailureKind
{
    /// <summary>The target asked for fewer calls (HTTP 429, MQTT quota exceeded).</summary>
    RateLimited,

    /// <summary>A fault of the moment: reset connection, HTTP 500.</summary>
    Transient,

    /// <summary>The target cannot be reached or says that it is not ready: DNS, refused, TLS, HTTP 502–504.</summary>
    Unavailable,

    /// <summary>No answer within the limit of the attempt.</summary>
    Timeout,

    /// <summary>The target refused the credentials (HTTP 401, 403, 407).</summary>
    Authentication,

    /// <summary>The trigger itself is wrong: a template without its value, an address the egress policy refuses.</summary>
    Configuration,

    /// <summary>The target understood and refused (HTTP 400, 404, 422), or answered what can never succeed.</summary>
    Permanent,
}

public static class FailureKinds
{
    /// <summary>
    /// A retry can help when the fault is of the moment; it only repeats the damage when the message, the credentials or the
    /// settings are wrong. A trigger can choose otherwise (<c>retry.retryOn</c>).
    /// </summary>
    public static bool IsRetriedByDefault(this FailureKind kind) => kind switch
    {
        FailureKind.RateLimited or FailureKind.Transient or FailureKind.Unavailable or FailureKind.Timeout => true,
        _ => false,
    };

    /// <summary>Whether the failure speaks of the target's health, and so counts for its circuit breaker.</summary>
    public static bool BlamesTarget(this FailureKind kind) => kind switch
    {
        FailureKind.Transient or FailureKind.Unavailable or FailureKind.Timeout => true,
        _ => false,
    };
}
