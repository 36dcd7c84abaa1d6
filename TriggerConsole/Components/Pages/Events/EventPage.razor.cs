using Microsoft.AspNetCore.Components;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Executions.Queries;
using TriggerConsole.Core.Http;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Scheduling;

namespace TriggerConsole.Components.Pages.Events;

public sealed partial class EventPage
{
    private EventDetails? _details;
    private EventBody? _body;
    private IReadOnlyList<RecordedHeader> _headers = [];
    private string? _agent;
    private ScheduleOrigin? _schedule;

    [Parameter] public Guid Id { get; set; }

    [Inject] private EventQueries Queries { get; set; } = default!;

    [Inject] private ScheduleQueries Schedules { get; set; } = default!;

    [Inject] private ExecutionQueries Executions { get; set; } = default!;

    protected override bool Concerns(FeedChange change)
        => change.Truncated || (_details is { } details && change.Changes.Any(c => details.Event.Verdicts.Any(v => v.TriggerId == c.TriggerId) || details.Executions.Any(e => e.Id == c.ExecutionId)));

    protected override async Task LoadAsync(bool isRefresh, CancellationToken cancellationToken)
    {
        if (isRefresh && _details is not null)
        {
            // The event itself never changes, and may be large
            _details = _details with { Executions = await Executions.OfEventAsync(Id, cancellationToken) };
            return;
        }
        if (_details?.Event.Id == Id) return;
        _details = await Queries.FindAsync(Id, cancellationToken);
        if (_details is null) return;
        _schedule = _details.Event.Origin == EventOrigin.Schedule ? await Schedules.OfEventAsync(Id, cancellationToken) : null;
        _body = EventBody.Of(_details.Body);
        _headers = [.. _details.Headers.Select(h => new RecordedHeader(h.Key, h.Value))];
        _agent = _details.Headers.FirstOrDefault(h => h.Key.Equals("User-Agent", StringComparison.OrdinalIgnoreCase)).Value;
        _details = _details with { Body = [] }; // shown is what was taken of it; a page that stays open need not hold it
    }
}
