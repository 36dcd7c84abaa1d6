using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Brokers;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Live;

/// <summary>An execution that was made or changed.</summary>
public sealed record ExecutionNews(Guid ExecutionId, Guid? TriggerId, Guid? CallbackId, ExecutionStatus Status);

/// <summary>What happened since the last message to this group; each execution once, with its latest status.</summary>
/// <param name="EventsAccepted">Events stored, in the group <c>all</c>; 0 in the others.</param>
/// <param name="Truncated">More changed than is listed: ask the API.</param>
public sealed record LiveNews(int EventsAccepted, IReadOnlyList<ExecutionNews> Executions, bool Truncated);

/// <summary>What the server calls on its clients.</summary>
public interface ILiveClient
{
    Task News(LiveNews news);

    /// <summary>The circuit of a target opened, probes, or closed.</summary>
    Task Circuit(CircuitNews circuit);

    /// <summary>The connection to a broker came up, broke, or waits for its next try.</summary>
    Task BrokerStatusChanged(BrokerNews broker);
}

/// <param name="State"><c>Closed</c>, <c>Open</c> or <c>HalfOpen</c>.</param>
public sealed record CircuitNews(string Target, string State, DateTimeOffset OpenUntil, string? Code);

/// <param name="Kind"><c>Mqtt</c> or <c>Amqp</c>.</param>
/// <param name="State"><c>Connected</c>, <c>Blocked</c>, <c>Connecting</c>, <c>Waiting</c>, <c>Stopped</c> or <c>Disabled</c>.</param>
/// <param name="BlockedReason">Why the broker takes no messages for now; null when it does.</param>
/// <param name="Node">The node whose connection it is, when another one than the one that tells.</param>
/// <param name="LastFailure">Why the last try failed or the last connection ended.</param>
public sealed record BrokerNews(TriggerKind Kind, Guid BrokerId, BrokerState State, DateTimeOffset? ConnectedSince, double? RoundTripMs, int InFlight, BrokerFailure? LastFailure, DateTimeOffset? NextTryAt, string? BlockedReason, string? Node);

/// <summary>
/// <c>/hubs/live</c>, for clients outside. They choose what they hear: everything, one trigger, or one callback. Messages come
/// at most four times a second and carry ids and states, no payloads: those are asked from the API.
/// </summary>
[Authorize(Policy = Permissions.Read)]
internal sealed class LiveHub(TriggerDirectory triggers, CallbackDirectory callbacks, SessionEndings endings) : Hub<ILiveClient>
{
    public const string Path = "/hubs/live";
    public const string AllGroup = "all";

    public static string GroupOfTrigger(Guid id) => $"trigger {id}";

    public static string GroupOfCallback(Guid id) => $"callback {id}";

    public Task SubscribeToAll() => Groups.AddToGroupAsync(Context.ConnectionId, AllGroup);

    public Task SubscribeToTrigger(Guid id)
        => triggers.Find(id) is null ? throw new HubException($"There is no trigger {id}.") : Groups.AddToGroupAsync(Context.ConnectionId, GroupOfTrigger(id));

    public Task SubscribeToCallback(Guid id)
        => callbacks.Find(id) is null ? throw new HubException($"There is no callback {id}.") : Groups.AddToGroupAsync(Context.ConnectionId, GroupOfCallback(id));

    public Task UnsubscribeFromAll() => Groups.RemoveFromGroupAsync(Context.ConnectionId, AllGroup);

    public Task UnsubscribeFromTrigger(Guid id) => Groups.RemoveFromGroupAsync(Context.ConnectionId, GroupOfTrigger(id));

    public Task UnsubscribeFromCallback(Guid id) => Groups.RemoveFromGroupAsync(Context.ConnectionId, GroupOfCallback(id));

    public override Task OnConnectedAsync()
    {
        LiveBroadcast.ClientCame();
        if (Context.User?.UserId() is { } user)
        {
            // The connection outlives the cookie or token it began with; the hub itself is made anew for each call
            var (connection, session) = (Context, Context.User.SessionId());
            Context.Items[nameof(SessionEnd)] = endings.OnEnded(end => { if (end.Concerns(user, session)) connection.Abort(); });
        }
        return base.OnConnectedAsync();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        LiveBroadcast.ClientWent();
        if (Context.Items.TryGetValue(nameof(SessionEnd), out var listening)) ((IDisposable)listening!).Dispose();
        return base.OnDisconnectedAsync(exception);
    }
}
