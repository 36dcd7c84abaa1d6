namespace TriggerConsole.Core.Executions;

/// <summary>The time limit of one attempt, which the caller's own wish to stop cuts short.</summary>
internal sealed class AttemptLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _outer;
    private readonly CancellationTokenRegistration _registration;

    public AttemptLimit(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _source = new CancellationTokenSource(limit, time);
        _outer = cancellationToken;
        _registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The limit has passed, and nobody asked to stop.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_outer.IsCancellationRequested;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
