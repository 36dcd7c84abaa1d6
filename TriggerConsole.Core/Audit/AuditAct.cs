namespace TriggerConsole.Core.Audit;

/// <summary>How an act ended.</summary>
public enum AuditOutcome
{
    Done,

    /// <summary>Whoever asked may not do this, or did not prove who he is.</summary>
    Refused,
    Failed,
}

/// <summary>What kind of caller acts.</summary>
public enum AuditActorKind
{
    /// <summary>Nobody who is signed in.</summary>
    Nobody,
    User,
    ApiKey,

    /// <summary>TriggerConsole itself, or a command typed at the server.</summary>
    Server,
}

/// <summary>Who acts, and from where.</summary>
/// <param name="Id">Id of the user or API key; null for others.</param>
/// <param name="Name">E-mail of the user, name of the key.</param>
/// <param name="Address">IP address of the caller, as trusted proxies tell it; null for the server.</param>
public sealed record AuditActor(AuditActorKind Kind, string? Id, string Name, string? Address)
{
    public static AuditActor Server { get; } = new(AuditActorKind.Server, null, "server", null);
}

/// <summary>One act worth keeping: a sign-in, a refusal, a thing an administrator did.</summary>
/// <param name="Action">What was done, in two words with a dot: <c>user.sign-in</c>, <c>user.lock</c>, <c>configuration.export</c>.</param>
/// <param name="SubjectKind">What it was done to: <c>user</c>, <c>callback</c>; empty when nothing in particular.</param>
/// <param name="SubjectId">Id of what it was done to.</param>
/// <param name="SubjectName">Its name at that time.</param>
/// <param name="Detail">A sentence for people; never a secret.</param>
/// <param name="Actor">Null for who acts at this moment (the request's caller, the page's user).</param>
public sealed record AuditAct(
    string Action, AuditOutcome Outcome, string SubjectKind = "", string? SubjectId = null, string? SubjectName = null, string? Detail = null, AuditActor? Actor = null);

/// <summary>Keeps what people and programs do to the console itself.</summary>
public interface IAuditTrail
{
    /// <summary>Records an act that changes no row of the configuration. Changed rows are recorded with their change, without a call.</summary>
    ValueTask RecordAsync(AuditAct act, CancellationToken cancellationToken);
}
