namespace TriggerConsole.Core.Identity;

/// <summary>One action that is allowed or not.</summary>
/// <param name="Name">Name of the authorization policy, and of the scope of an API key.</param>
/// <param name="Least">The least role that may do it; roles above it may as well.</param>
/// <param name="Words">What it is, for people.</param>
public sealed record Permission(string Name, Role Least, string Words);

/// <summary>
/// The one matrix of roles and actions. The server's authorization policies, what pages show and hide, the scopes of API keys, the
/// table in docs/security.md and the tests are all made from it.
/// </summary>
public static class Permissions
{
    public const string Read = "read";
    public const string ReadMetrics = "metrics.read";
    public const string Run = "executions.run";
    public const string Pause = "pause";
    public const string Test = "test";
    public const string EditCallbacks = "callbacks.edit";
    public const string EditTriggers = "triggers.edit";
    public const string EditBrokers = "brokers.edit";
    public const string EditSchedules = "schedules.edit";
    public const string ManageJobs = "jobs.manage";
    public const string ManageSecrets = "secrets.manage";
    public const string ManageKeys = "keys.manage";
    public const string ManageUsers = "users.manage";
    public const string ManageSettings = "settings.manage";
    public const string TransferConfiguration = "configuration.transfer";
    public const string ReadAudit = "audit.read";

    /// <summary>All actions, from the least to the most powerful.</summary>
    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, Role.Viewer, "See callbacks, triggers, brokers, schedules, events and executions, payloads included; follow them live"),
        new(ReadMetrics, Role.Viewer, "Read the metrics and the state of the engine"),
        new(Run, Role.Operator, "Run triggers and schedules; retry, replay, cancel and discard executions"),
        new(Pause, Role.Operator, "Pause and resume triggers and schedules"),
        new(Test, Role.Editor, "Test a trigger or a connection, publish a message by hand"),
        new(EditCallbacks, Role.Editor, "Make, change and delete callbacks; make new tokens"),
        new(EditTriggers, Role.Editor, "Make, change and delete triggers"),
        new(EditBrokers, Role.Editor, "Make, change and delete brokers, exchanges and bindings"),
        new(EditSchedules, Role.Editor, "Make, change and delete schedules"),
        new(ManageJobs, Role.Administrator, "Watch and manage jobs, queues and servers"),
        new(ManageSecrets, Role.Administrator, "Set, rotate and delete secrets"),
        new(ManageKeys, Role.Administrator, "Make and revoke API keys"),
        new(ManageUsers, Role.Administrator, "Make, change, lock and delete users; end their sessions"),
        new(ManageSettings, Role.Administrator, "See and change settings, limits and retention"),
        new(TransferConfiguration, Role.Administrator, "Export and import the configuration"),
        new(ReadAudit, Role.Administrator, "Read, export and check the audit log"),
    ];

    private static readonly Dictionary<string, Permission> s_byName = All.ToDictionary(p => p.Name);

    /// <summary>Null for a name that is none.</summary>
    public static Permission? Find(string name) => s_byName.GetValueOrDefault(name);

    /// <summary>Whether this role may do this.</summary>
    public static bool Allows(this Role role, string permission) => Find(permission) is { } found && role >= found.Least;
}
