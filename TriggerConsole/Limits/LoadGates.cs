using Microsoft.Extensions.Options;
using TriggerConsole.Core.Diagnostics;
using TriggerConsole.Core.Limits;

namespace TriggerConsole.Limits;

/// <summary>How many requests of each kind are inside at the same time; beyond, they are shed.</summary>
internal sealed class LoadGates : IDisposable
{
    public LoadGates(IOptions<LoadSheddingOptions> options, EngineMetrics metrics)
    {
        var (most, share) = (options.Value, options.Value.MaxSharePerAddress);
        (Ingress, Api, Pages, Echo) = (new(most.MaxIngress, share), new(most.MaxApi, share), new(most.MaxPages, share), new(most.MaxEcho, share));
        SignIns = new(most.MaxSignIns == 0 ? Environment.ProcessorCount : most.MaxSignIns, most.MaxWaitingSignIns);
        metrics.ObserveTotals("triggerconsole.load.shed", "{request}", "Requests told to come back later because too many were inside, by kind.", "kind", () => All.Select(g => (g.Name, g.Gate.Refused)).Append(("sign-ins", SignIns.Refused)));
    }

    public LoadGate Ingress { get; }

    public LoadGate Api { get; }

    public LoadGate Pages { get; }

    public LoadGate Echo { get; }

    public SignInGate SignIns { get; }

    public IReadOnlyList<(string Name, LoadGate Gate)> All => [("ingress", Ingress), ("api", Api), ("pages", Pages), ("echo", Echo)];

    public void Dispose() => SignIns.Dispose();
}

/// <summary>Looks at so many passwords at the same time; each costs a processor a tenth of a second. A few more may wait a moment.</summary>
internal sealed class SignInGate(int most, int mostWaiting) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _free = new(most);
    private int _waiting;
    private long _refused;

    public long Refused => Interlocked.Read(ref _refused);

    public int Inside => most - _free.CurrentCount;

    public int Most => most;

    /// <returns>Whether it is in; then <see cref="Leave"/> must follow.</returns>
    public async ValueTask<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (_free.Wait(0, cancellationToken)) return true;
        if (Interlocked.Increment(ref _waiting) <= mostWaiting)
        {
            try
            {
                if (await _free.WaitAsync(s_patience, cancellationToken)) return true;
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }
        else
        {
            Interlocked.Decrement(ref _waiting);
        }
        Interlocked.Increment(ref _refused);
        return false;
    }

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();
}
