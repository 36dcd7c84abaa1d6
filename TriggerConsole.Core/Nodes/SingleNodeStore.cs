using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Nodes;

/// <summary>On databases with one node: its row is there for people to see. Whatever else is in the table is of processes that have ended.</summary>
internal sealed class SingleNodeStore(IDbContextFactory<TriggerConsoleDbContext> contexts, TimeProvider time) : INodeStore
{
    public bool IsShared => false;

    public Task<IAsyncDisposable> EnterAloneAsync(CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable>(new Nothing());

    public async Task<IReadOnlyList<Node>> ListAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Nodes.AsNoTracking().OrderBy(n => n.Id).ToListAsync(cancellationToken);
    }

    public async Task<int> RegisterAsync(Node node, NodeState state, int? preferredSlot, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Nodes.RemoveRange(await context.Nodes.ToListAsync(cancellationToken));
        context.Nodes.Add(node);
        (node.HeartbeatAt, node.State) = (time.Now(), state.Write());
        await context.SaveChangesAsync(cancellationToken);
        return 0;
    }

    public async Task<IReadOnlyList<(Node Node, bool IsAlive)>?> BeatAsync(Guid node, int workers, string state, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var now = time.Now();
        await context.Nodes.Where(n => n.Id == node).ExecuteUpdateAsync(
            set => set.SetProperty(n => n.HeartbeatAt, now).SetProperty(n => n.Workers, workers).SetProperty(n => n.State, state), cancellationToken);
        return await context.Nodes.AsNoTracking().SingleOrDefaultAsync(n => n.Id == node, cancellationToken) is { } row ? [(row, true)] : null;
    }

    // The engine takes everything of others over when it starts
    public Task<Rescue> RescueAsync(Guid rescuer, IReadOnlyCollection<Guid> gone, TimeSpan lease, bool withOrphans, CancellationToken cancellationToken) => Task.FromResult(Rescue.Nothing);

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => default;
    }

    public async Task RemoveAsync(Guid node, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await context.Nodes.Where(n => n.Id == node).ExecuteDeleteAsync(cancellationToken);
    }

    // Whatever waits, this node has written
    public Task<IReadOnlyList<(Guid Trigger, DateTimeOffset Due)>> WaitingAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<(Guid, DateTimeOffset)>>([]);
}
