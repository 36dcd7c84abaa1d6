using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Metadata;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tokens;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Secrets.Keys;

namespace TriggerConsole.Core.Audit;

/// <summary>
/// Which rows are recorded when they change: all but those named here, so that a new table is recorded until someone decides that it
/// need not be.
/// </summary>
internal static class AuditRules
{
    /// <summary>What the engine writes, what only says that something was used, and the audit log itself.</summary>
    public static readonly IReadOnlySet<Type> Unrecorded = new HashSet<Type>
    {
        typeof(StoredEvent), typeof(Execution), typeof(Attempt), typeof(ExecutionAction), typeof(ExecutionStatistic), typeof(IdempotencyKey), typeof(Rejection), typeof(ScheduleRun),
        typeof(Node), // heartbeats
        typeof(RefreshToken), typeof(UserSession), typeof(UserLink), typeof(StoredTwoFactor), typeof(RecoveryCode), // what is done with them is recorded as such
        typeof(KnownDevice), typeof(TryCounter), // kept for sign-in alone, and written by everyone who knocks
        typeof(StoredDataKey), // changing the data key is recorded as such
        typeof(StoredDataProtectionKey), // made by the framework, also while nothing else can be written
        typeof(AuditEntry), typeof(AuditHead),
    };

    /// <summary>What the server does by itself on someone's request.</summary>
    public static readonly IReadOnlySet<Type> OfServer = new HashSet<Type> { typeof(StoredSigningKey) };

    private const string Probe = "probe"; // the journal's, to see whether the database is back

    /// <summary>Changes with every save or use, or says what the entry says itself.</summary>
    private static readonly HashSet<string> s_silent = new(StringComparer.Ordinal)
    {
        "Version", "CreatedAt", "UpdatedAt", "ConcurrencyStamp", nameof(IdentityUser.AccessFailedCount), nameof(IdentityUser.NormalizedEmail), nameof(IdentityUser.NormalizedUserName),
    };

    private static readonly string[] s_secretWords = ["Password", "Secret", "Hash", "Stamp", "Protected", "RecoveryCode"];

    public static bool IsRecorded(Type type, object entity) => !Unrecorded.Contains(type) && entity is not Setting { Name: Probe };

    public static bool IsSilent(string property) => s_silent.Contains(property) || (property.StartsWith("Last", StringComparison.Ordinal) && property.EndsWith("At", StringComparison.Ordinal));

    /// <summary>Whether the value of this column must not be shown.</summary>
    public static bool IsSecret(IReadOnlyProperty property)
        => property.ClrType == typeof(byte[]) || s_secretWords.Any(word => property.Name.Contains(word, StringComparison.Ordinal))
            // Keys of authenticator apps and recovery codes
            || (property.Name == "Value" && property.DeclaringType.ClrType.Name.StartsWith("IdentityUserToken", StringComparison.Ordinal));

    /// <summary><c>mqtt-broker</c> for MqttBroker, <c>signing-key</c> for StoredSigningKey, <c>user-token</c> for IdentityUserToken.</summary>
    public static string KindOf(Type type)
    {
        var name = type.Name.Split('`')[0];
        foreach (var prefix in (ReadOnlySpan<string>)["Stored", "Identity"])
            if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        var kind = new StringBuilder(name.Length + 4);
        foreach (var letter in name)
        {
            if (char.IsUpper(letter) && kind.Length > 0) kind.Append('-');
            kind.Append(char.ToLowerInvariant(letter));
        }
        return kind.ToString();
    }
}
