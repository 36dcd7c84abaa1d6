using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Persistence;

namespace TriggerConsole.Core.Events;

/// <summary>An event as lists show it: everything but headers and body.</summary>
public sealed record EventView
{
    public required Guid Id { get; init; }

    public Guid? CallbackId { get; init; }

    public string? CallbackName { get; init; }

    public required EventOrigin Origin { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string QueryString { get; init; }

    public string? ContentType { get; init; }

    public required long BodySize { get; init; }

    public string? RemoteAddress { get; init; }

    public string? EventType { get; init; }

    public string? Actor { get; init; }

    public Guid? ReplayOf { get; init; }

    public required IReadOnlyList<Verdict> Verdicts { get; init; }
}

/// <summary>An event with all that is known of it.</summary>
public sealed record EventDetails(EventView Event, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body, IReadOnlyList<ExecutionView> Executions);

/// <summary>One page of events, newest first.</summary>
public sealed record EventPage(IReadOnlyList<EventView> Items, string? NextCursor);

/// <summary>Reads events for pages and API.</summary>
internal sealed class EventQueries(IDbContextFactory<TriggerConsoleDbContext> contexts, CallbackDirectory callbacks, ExecutionQueries executions)
{
    public async Task<EventPage> ListAsync(Guid? callbackId, DateTimeOffset? from, DateTimeOffset? to, string? cursor, int limit, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var events = context.Events.AsNoTracking();
        if (callbackId is { } callback) events = events.Where(e => e.CallbackId == callback);
        if (from is { } f)
        {
            var first = Uuid7.Floor(f);
            events = events.Where(e => e.Id >= first);
        }
        if (to is { } t)
        {
            var end = Uuid7.Floor(t);
            events = events.Where(e => e.Id < end);
        }
        if (Guid.TryParse(cursor, out var before)) events = events.Where(e => e.Id < before);
        var rows = await events.OrderByDescending(e => e.Id).Take(limit + 1).Select(e => new
        {
            e.Id,
            e.CallbackId,
            e.Origin,
            e.ReceivedAt,
            e.Method,
            e.Path,
            e.QueryString,
            e.ContentType,
            e.RemoteAddress,
            e.EventType,
            e.Actor,
            e.ReplayOf,
            e.Verdicts,
            BodySize = e.Body.Length,
        }).ToListAsync(cancellationToken);
        var items = rows.Take(limit).Select(e => new EventView
        {
            Id = e.Id,
            CallbackId = e.CallbackId,
            CallbackName = NameOf(e.CallbackId),
            Origin = e.Origin,
            ReceivedAt = e.ReceivedAt,
            Method = e.Method,
            Path = e.Path,
            QueryString = e.QueryString,
            ContentType = e.ContentType,
            BodySize = e.BodySize,
            RemoteAddress = e.RemoteAddress,
            EventType = e.EventType,
            Actor = e.Actor,
            ReplayOf = e.ReplayOf,
            Verdicts = VerdictJson.Read(e.Verdicts),
        }).ToList();
        return new(items, rows.Count > limit ? items[^1].Id.ToString() : null);
    }

    /// <summary>Whether anything has ever arrived (and is still kept).</summary>
    public async Task<bool> AnyAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Events.AnyAsync(cancellationToken);
    }

    public async Task<EventDetails?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Events.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is not { } e) return null;
        var view = new EventView
        {
            Id = e.Id,
            CallbackId = e.CallbackId,
            CallbackName = NameOf(e.CallbackId),
            Origin = e.Origin,
            ReceivedAt = e.ReceivedAt,
            Method = e.Method,
            Path = e.Path,
            QueryString = e.QueryString,
            ContentType = e.ContentType,
            BodySize = e.Body.Length,
            RemoteAddress = e.RemoteAddress,
            EventType = e.EventType,
            Actor = e.Actor,
            ReplayOf = e.ReplayOf,
            Verdicts = VerdictJson.Read(e.Verdicts),
        };
        return new(view, EventHeaders.Read(e.Headers), e.Body, await executions.OfEventAsync(id, cancellationToken));
    }

    private string? NameOf(Guid? callbackId) => callbackId is { } id ? callbacks.Find(id)?.Name : null;
}
