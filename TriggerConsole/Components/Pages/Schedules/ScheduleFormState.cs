using System.Globalization;
using System.Text.Json.Serialization;
using TriggerConsole.Components.Controls;
using TriggerConsole.Core.Events;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Templates;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Components.Pages.Schedules;

/// <summary>What someone has typed into the form of a schedule.</summary>
public sealed class ScheduleFormState : FormState
{
    public const string BoundsFold = "bounds";
    public const string MoreFold = "more";

    private static readonly (string, string?)[] s_fields =
    [
        ("name", null), ("target", null), ("kind", null), ("cron", null), ("intervalSeconds", null), ("at", null), ("time", null), ("days", null), ("timeZone", null),
        ("startAt", BoundsFold), ("endAt", BoundsFold), ("payload", null), ("contentType", null), ("misfire", null), ("overlap", null), ("description", MoreFold), ("priority", MoreFold),
    ];

    internal static IReadOnlyList<(MisfirePolicy Value, string Title, string What)> Misfires { get; } =
    [
        (MisfirePolicy.RunOnce, "Run once for all that were missed", "One run makes up for them, as soon as the server is back."),
        (MisfirePolicy.RunEach, "Run each one that was missed", "Up to 100, the oldest first."),
        (MisfirePolicy.Skip, "Leave missed runs out", "It goes on with the next time."),
    ];

    internal static IReadOnlyList<(OverlapPolicy Value, string Title, string What)> Overlaps { get; } =
    [
        (OverlapPolicy.Allow, "Run beside it", "Runs may overlap."),
        (OverlapPolicy.Skip, "Leave this run out", "History says so; the next time is tried again."),
    ];

    internal static IReadOnlyList<(string Value, string Title)> Formats { get; } =
        [("", "Nothing"), ("application/json", "JSON"), ("application/xml", "XML"), ("text/plain", "Text"), ("application/x-www-form-urlencoded", "Form")];

    public string Name { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary><c>callback:id</c> or <c>trigger:id</c>.</summary>
    public string Target { get; set; } = "";

    public WhenForm When { get; set; } = new();

    public string TimeZone { get; set; } = "Etc/UTC";

    /// <summary>As the field has it, in the zone; empty for none.</summary>
    public string StartAt { get; set; } = "";

    public string EndAt { get; set; } = "";

    public string ContentType { get; set; } = "";

    public string Payload { get; set; } = "";

    public MisfirePolicy Misfire { get; set; }

    public OverlapPolicy Overlap { get; set; }

    /// <summary>Empty for the trigger's own.</summary>
    public string Priority { get; set; } = "";

    [JsonIgnore]
    public TemplateFormat Format => MediaKinds.Of(ContentType) switch
    {
        MediaKind.Json => TemplateFormat.Json,
        MediaKind.Xml => TemplateFormat.Xml,
        MediaKind.Form => TemplateFormat.Form,
        _ => TemplateFormat.Text,
    };

    /// <summary>A media type of one's own, typed over the API.</summary>
    [JsonIgnore]
    public bool HasOtherType => Formats.All(f => f.Value != ContentType);

    protected override IReadOnlyList<(string Field, string? Fold)> Fields => s_fields;

    public static ScheduleFormState Of(ScheduleView schedule)
    {
        var state = new ScheduleFormState
        {
            Version = schedule.Version,
            Name = schedule.Name,
            Description = schedule.Description,
            Target = schedule.TriggerId is { } trigger ? $"trigger:{trigger}" : $"callback:{schedule.CallbackId}",
            When = WhenForm.Of(schedule),
            TimeZone = schedule.TimeZone,
            StartAt = LocalText.Write(schedule.StartAt, schedule.TimeZone),
            EndAt = LocalText.Write(schedule.EndAt, schedule.TimeZone),
            ContentType = schedule.Payload is null ? "" : schedule.ContentType ?? "",
            Payload = schedule.Payload ?? "",
            Misfire = schedule.Misfire,
            Overlap = schedule.Overlap,
            Priority = schedule.Priority?.ToString(CultureInfo.InvariantCulture) ?? "",
        };
        state.MarkSaved();
        return state;
    }

    /// <summary>Null when something cannot even be read; then <see cref="FormState.Errors"/> says what.</summary>
    public ScheduleInput? ToInput()
    {
        var errors = new FieldErrors();
        var input = Read(errors);
        Refuse(errors.All);
        return errors.Any ? null : input;
    }

    /// <summary>What is typed, as far as it can be read, for the preview; and what cannot.</summary>
    public (ScheduleInput Input, IReadOnlyList<FieldError> Faults) Peek()
    {
        var errors = new FieldErrors();
        return (Read(errors), errors.All);
    }

    // The API names the target by two fields, the form has one
    protected override string FieldOf(string field) => field is "callbackId" or "triggerId" ? "target" : base.FieldOf(field);

    private ScheduleInput Read(FieldErrors errors)
    {
        var parts = Target.Split(':');
        Guid? target = parts.Length == 2 && Guid.TryParse(parts[1], out var id) ? id : null;
        if (target is null) errors.Add("target", "Choose what it starts.");
        var when = When.Read(TimeZone, errors);
        return when with
        {
            Name = Name,
            Description = Description,
            TimeZone = TimeZone.Trim(),
            StartAt = When.HasBounds ? ReadTime(StartAt, "startAt", errors) : null,
            EndAt = When.HasBounds ? ReadTime(EndAt, "endAt", errors) : null,
            CallbackId = parts[0] == "callback" ? target : null,
            TriggerId = parts[0] == "trigger" ? target : null,
            Payload = ContentType.Length == 0 ? "" : Payload,
            ContentType = ContentType,
            Misfire = Misfire,
            Overlap = Overlap,
            Priority = Priority.Length == 0 ? -1 : int.Parse(Priority, CultureInfo.InvariantCulture),
            Version = Version,
        };
    }

    private DateTimeOffset? ReadTime(string text, string field, FieldErrors errors)
    {
        if (text.Length == 0) return null;
        var time = LocalText.Read(text, TimeZone);
        if (time is null) errors.Add(field, "Give a date and a time, or leave it empty.");
        return time;
    }
}
