using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using TriggerConsole.Components.Controls.Templates;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>The form of a schedule. What it would do is computed with each key that is typed.</summary>
public sealed partial class ScheduleForm
{
    private static readonly string[] s_placeholders = ["due_at", "schedule_name", "schedule_id", "timestamp", "uuid", "event_id", "callback_id", "env"];

    private readonly TemplateHelp _help = new();
    private IReadOnlyList<ScheduleZone> _zones = [];

    [Parameter, EditorRequired] public required ScheduleFormState State { get; set; }

    [Parameter] public bool IsNew { get; set; }

    /// <summary>What the button says.</summary>
    [Parameter, EditorRequired] public required string Verb { get; set; }

    /// <summary>Saves; gives why not.</summary>
    [Parameter, EditorRequired] public required Func<Task<Refusal?>> Save { get; set; }

    /// <summary>More buttons beside the one that saves.</summary>
    [Parameter] public RenderFragment? Buttons { get; set; }

    [Inject] private ScheduleCommands Schedules { get; set; } = default!;

    [Inject] private CallbackDirectory Callbacks { get; set; } = default!;

    [Inject] private TriggerDirectory Triggers { get; set; } = default!;

    [Inject] private TemplateEnvironment Environment { get; set; } = default!;

    [Inject] private TimeProvider Time { get; set; } = default!;

    [Inject] private IJSRuntime Browser { get; set; } = default!;

    private SchedulePreview Preview
    {
        get
        {
            var (input, faults) = State.Peek();
            // The target is no part of when
            var unread = faults.Where(f => f.Field != "target").ToList();
            return unread.Count > 0 ? new(null, [], unread) : Schedules.Preview(input);
        }
    }

    private IReadOnlyList<FieldError> PayloadFaults => [.. Preview.Problems.Where(p => p.Field == "payload")];

    private string? BoundsInWords => (State.StartAt, State.EndAt) switch
    {
        ("", "") => null,
        (var from, "") => $"from {from.Replace('T', ' ')}",
        ("", var until) => $"until {until.Replace('T', ' ')}",
        var (from, until) => $"{from.Replace('T', ' ')} – {until.Replace('T', ' ')}",
    };

    private string? MoreInWords => State.Priority.Length > 0 ? $"priority {State.Priority}" : null;

    protected override void OnInitialized()
    {
        _zones = ScheduleZones.Find(null, Time.GetUtcNow(), int.MaxValue);
        _help.SetOnly(s_placeholders, Environment.Names);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || !IsNew) return;
        // People think in their own time
        var zone = await Browser.InvokeAsync<string?>("tc.zoneName");
        if (zone is null || _zones.All(z => z.Id != zone) || State.TimeZone != new ScheduleFormState().TimeZone) return;
        State.TimeZone = zone;
        State.MarkSaved();
        StateHasChanged();
    }

    private void SetFormat(string? type)
    {
        State.ContentType = type ?? "";
        if (State.Payload.Length == 0 && type == "application/json") State.Payload = """{ "due": "{due_at}" }""";
    }

    private void SetPayload(string payload) => State.Payload = payload;
}
