using TriggerConsole.Core.Audit;

namespace TriggerConsole.Components.Pages.Audit;

/// <summary>The audit log in plain words.</summary>
internal static class AuditWords
{
    /// <summary>What acts are done to, as filters name it.</summary>
    public static readonly IReadOnlyList<(string Kind, string Text)> Subjects =
    [
        ("callback", "Callbacks"), ("trigger", "Triggers"), ("schedule", "Schedules"), ("mqtt-broker", "MQTT brokers"), ("amqp-broker", "AMQP brokers"), ("amqp-exchange", "AMQP exchanges"),
        ("amqp-binding", "AMQP bindings"), ("secret", "Secrets"), ("api-key", "API keys"), ("user", "Users"), ("setting", "Settings"), ("configuration", "Export and import"), ("backup", "Backups"),
        ("bulk-run", "Bulk runs"), ("signing-key", "Signing keys"), ("audit", "The audit log itself"), ("route", "Refused requests"), ("page", "Refused commands of pages"),
    ];

    private static readonly Dictionary<string, string> s_nouns = new(StringComparer.Ordinal)
    {
        ["mqtt-broker"] = "MQTT broker",
        ["amqp-broker"] = "AMQP broker",
        ["amqp-exchange"] = "AMQP exchange",
        ["amqp-binding"] = "AMQP binding",
        ["api-key"] = "API key",
    };

    private static readonly Dictionary<string, string> s_verbs = new(StringComparer.Ordinal)
    {
        ["create"] = "Made",
        ["change"] = "Changed",
        ["delete"] = "Deleted",
        ["enable"] = "Switched on",
        ["disable"] = "Switched off",
        ["pause"] = "Paused",
        ["resume"] = "Resumed",
        ["revoke"] = "Revoked",
        ["export"] = "Exported",
        ["import"] = "Imported",
        ["restore"] = "Restored",
        ["refuse"] = "Refused",
    };

    // Those that do not read as verb and noun
    private static readonly Dictionary<string, string> s_whole = new(StringComparer.Ordinal)
    {
        ["user.sign-in"] = "Signed in",
        ["user.sign-out"] = "Signed out",
        ["user.connect"] = "Connected an outside account to user",
        ["user.invitation-accept"] = "Accepted the invitation of user",
        ["user.link-make"] = "Made a password link for user",
        ["user.lock-out"] = "Locked user out",
        ["user.password-change"] = "Changed the password of user",
        ["user.password-forgotten"] = "Asked for a new password for user",
        ["user.password-reset"] = "Chose a new password for user",
        ["user.recover"] = "Let user in again",
        ["user.recovery-code"] = "Used a recovery code of user",
        ["user.recovery-codes"] = "Made new recovery codes for user",
        ["user.session-end"] = "Ended a session of user",
        ["user.sessions-end"] = "Ended all sessions of user",
        ["user.two-factor-off"] = "Switched two-factor sign-in off for user",
        ["user.two-factor-on"] = "Switched two-factor sign-in on for user",
        ["data-key.rotate"] = "Made a new data key",
        ["limit.refuse"] = "Refused by limit",
        ["access.refuse"] = "Asked for what is not allowed",
        ["refusals.more"] = "Further refusals",
        ["audit.trim"] = "Deleted old entries of the audit log",
        ["audit.key-change"] = "Changed the key of the audit log",
        ["audit.head-mismatch"] = "Found the end of the audit log changed",
        ["audit.export"] = "Exported the audit log",
        ["configuration.export"] = "Exported the configuration",
        ["configuration.import"] = "Imported a configuration",
        ["executions.replay"] = "Replayed executions",
        ["executions.retry"] = "Retried executions",
        ["executions.requeue"] = "Requeued executions",
        ["executions.delete"] = "Deleted executions",
    };

    /// <summary>What was done, the name of what it was done to left out: <c>Changed callback</c>.</summary>
    public static string Act(AuditEntryView entry)
    {
        if (s_whole.TryGetValue(entry.Action, out var whole)) return whole;
        var dot = entry.Action.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return entry.Action;
        var (noun, verb) = (entry.Action[..dot], entry.Action[(dot + 1)..]);
        noun = Noun(noun);
        return s_verbs.TryGetValue(verb, out var said) ? $"{said} {noun}" : $"{Upper(noun)}: {verb.Replace('-', ' ')}";
    }

    public static string Noun(string kind) => s_nouns.TryGetValue(kind, out var noun) ? noun : kind.Replace('-', ' ');

    /// <summary>Who acted.</summary>
    public static string Actor(AuditActor actor) => actor.Kind switch
    {
        AuditActorKind.Server => "The server",
        AuditActorKind.Nobody when actor.Name == "many" => "Many",
        AuditActorKind.Nobody => "Nobody signed in",
        _ => actor.Name.Length > 0 ? actor.Name : actor.Id ?? "Unknown",
    };

    public static string KindOf(AuditActor actor) => actor.Kind switch
    {
        AuditActorKind.ApiKey => "API key",
        AuditActorKind.User => "user",
        _ => "",
    };

    /// <summary>Colour and word of an outcome; null for what went as asked.</summary>
    public static (string Css, string Word)? Outcome(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Refused => ("warn", "Refused"),
        AuditOutcome.Failed => ("bad", "Failed"),
        _ => null,
    };

    /// <summary>Its page; null when it has none.</summary>
    public static string? PageOf(AuditSubject subject) => !Guid.TryParse(subject.Id, out var id) ? null : subject.Kind switch
    {
        "callback" => $"/callbacks/{id}",
        "trigger" => $"/triggers/{id}",
        "schedule" => $"/schedules/{id}",
        "mqtt-broker" => $"/brokers/mqtt/{id}",
        "amqp-broker" => $"/brokers/amqp/{id}",
        _ => null,
    };

    private static string Upper(string text) => string.Concat(char.ToUpperInvariant(text[0]).ToString(), text.AsSpan(1));
}
