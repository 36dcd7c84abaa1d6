namespace TriggerConsole.Core.Audit;

/// <summary>Knows who acts where there is no <see cref="AuditActors.Enter"/>: the caller of the request, for instance.</summary>
public interface IAuditActorSource
{
    /// <summary>Null when nobody but the server itself acts.</summary>
    AuditActor? Current { get; }
}

/// <summary>Who acts at this moment, in this flow of calls.</summary>
/// <param name="sources">Asked in turn.</param>
public sealed class AuditActors(IEnumerable<IAuditActorSource> sources)
{
    private static readonly AsyncLocal<AuditActor?> s_entered = new();

    private readonly IAuditActorSource[] _sources = [.. sources];

    /// <summary><see cref="AuditActor.Server"/> when nobody else does.</summary>
    public AuditActor Current
    {
        get
        {
            if (s_entered.Value is { } entered) return entered;
            foreach (var source in _sources)
                if (source.Current is { } found) return found;
            return AuditActor.Server;
        }
    }

    /// <summary>From here to the end of the calling method, and in all it calls, this one acts.</summary>
    public static void Enter(AuditActor actor) => s_entered.Value = actor;
}
