using System.Net.Http.Headers;
using TriggerConsole.Core.Callbacks;
using TriggerConsole.Core.Scheduling.Cron;
using TriggerConsole.Core.Templates.Compilation;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Applies an input to a row, and says of each field what is wrong with it.</summary>
internal sealed class ScheduleValidator(TriggerDirectory triggers, CallbackDirectory callbacks, SchedulePayloads payloads, TimeProvider time)
{
    public const long MostSeconds = 366 * 86_400;

    public void Apply(ScheduleInput input, Schedule row, FieldErrors errors)
    {
        if (input.Name is { } name) row.Name = name.Trim();
        if (row.Name.Length is 0 or > Schedule.MaxNameLength) errors.Add("name", $"Give the schedule a name of 1 to {Schedule.MaxNameLength} characters.");
        OneLine.Check(row.Name, errors);
        row.Description = input.Description?.Trim() ?? row.Description;
        if (row.Description.Length > 2000) errors.Add("description", "Use at most 2,000 characters.");
        ApplyWhen(input, row, errors);
        ApplyTarget(input, row, errors);
        ApplyPayload(input, row, errors);
        row.Misfire = input.Misfire ?? row.Misfire;
        row.Overlap = input.Overlap ?? row.Overlap;
        if (input.Priority is { } priority)
        {
            row.Priority = priority == -1 ? null : priority;
            if (priority is < -1 or > 9) errors.Add("priority", "Give a priority from 0 (last) to 9 (first), or -1 for the trigger's own.");
        }
    }

    /// <summary>What says when, alone: for the preview as well.</summary>
    public void ApplyWhen(ScheduleInput input, Schedule row, FieldErrors errors)
    {
        var before = (row.At, row.StartAt, row.EndAt);
        if (input.Kind is { } kind)
        {
            (row.Kind, row.Cron, row.IntervalSeconds, row.At, row.StartAt, row.EndAt) = (kind, input.Cron, input.IntervalSeconds, input.At, input.StartAt, input.EndAt);
        }
        else
        {
            row.Cron = input.Cron ?? row.Cron;
            row.IntervalSeconds = input.IntervalSeconds ?? row.IntervalSeconds;
            (row.At, row.StartAt, row.EndAt) = (input.At ?? row.At, input.StartAt ?? row.StartAt, input.EndAt ?? row.EndAt);
        }
        (row.Cron, row.At, row.StartAt, row.EndAt) = (row.Cron?.Trim(), Cut(row.At), Cut(row.StartAt), Cut(row.EndAt));
        var isFine = CheckZone(input, row, errors);
        isFine &= CheckKind(row, errors);
        isFine &= CheckBounds(row, before, errors);
        if (!isFine || row.Kind == ScheduleKind.Once) return;
        if (ScheduleTimes.Of(row).After(time.Now()) is null)
            errors.Add(row.EndAt is null ? "cron" : "endAt", row.EndAt is null ? "This never runs again." : "It would not run once until then. Choose a later end.");
    }

    private static bool CheckZone(ScheduleInput input, Schedule row, FieldErrors errors)
    {
        row.TimeZone = input.TimeZone?.Trim() ?? row.TimeZone;
        if (ScheduleTimes.TryFindZone(row.TimeZone, out _))
        {
            if (TimeZoneInfo.TryConvertWindowsIdToIanaId(row.TimeZone, out var iana)) row.TimeZone = iana;
            return true;
        }
        var near = row.TimeZone.Length == 0 ? null : Suggestions.Nearest(row.TimeZone, ScheduleZones.Ids);
        errors.Add("timeZone", $"There is no time zone “{row.TimeZone}”. {(near is null ? "Write it like Europe/Berlin or America/New_York." : $"Did you mean {near}?")}");
        return false;
    }

    private static bool CheckKind(Schedule row, FieldErrors errors)
    {
        var isFine = true;
        switch (row.Kind)
        {
            case ScheduleKind.Cron when CronParser.Parse(row.Cron).Fault is { } fault:
                Fault("cron", (fault.Field is null ? "" : $"In {fault.Field}: ") + fault.Message, fault.Position);
                break;
            case ScheduleKind.Interval when row.IntervalSeconds is null or < 1 or > MostSeconds:
                Fault("intervalSeconds", "Give an interval from 1 second to 366 days (31,622,400 seconds).");
                break;
            case ScheduleKind.Once when row.At is null:
                Fault("at", "Give the time at which it runs.");
                break;
        }
        if (row.Kind != ScheduleKind.Cron && !string.IsNullOrEmpty(row.Cron)) Fault("cron", $"A cron expression does not go with the kind {row.Kind}. Leave it out, or choose the kind Cron.");
        if (row.Kind != ScheduleKind.Interval && row.IntervalSeconds is not null) Fault("intervalSeconds", $"An interval does not go with the kind {row.Kind}. Leave it out, or choose the kind Interval.");
        if (row.Kind != ScheduleKind.Once && row.At is not null) Fault("at", $"A single time does not go with the kind {row.Kind}. Leave it out, or choose the kind Once.");
        if (row.Kind == ScheduleKind.Once && (row.StartAt ?? row.EndAt) is not null) Fault(row.StartAt is null ? "endAt" : "startAt", "What runs once has no start or end. Leave it out.");
        if (row.Kind != ScheduleKind.Cron && row.Cron is "") row.Cron = null;
        return isFine;

        void Fault(string field, string message, int? column = null)
        {
            isFine = false;
            if (column is { } at) errors.Add(field, message, 1, at);
            else errors.Add(field, message);
        }
    }

    /// <summary>Times that were right when they were saved may lie in the past later; only new ones must not.</summary>
    private bool CheckBounds(Schedule row, (DateTimeOffset? At, DateTimeOffset? StartAt, DateTimeOffset? EndAt) before, FieldErrors errors)
    {
        var now = time.Now();
        var count = errors.All.Count;
        if (row.Kind == ScheduleKind.Once && row.At <= now && row.At != before.At) errors.Add("at", $"That time has passed: it is {now:yyyy-MM-dd HH:mm:ss} UTC. Choose a later one.");
        if (row.EndAt <= row.StartAt) errors.Add("endAt", "The end is not after the start.");
        else if (row.EndAt <= now && row.EndAt != before.EndAt) errors.Add("endAt", $"That time has passed: it is {now:yyyy-MM-dd HH:mm:ss} UTC. Choose a later one.");
        foreach (var (field, value) in new[] { ("at", row.At), ("startAt", row.StartAt), ("endAt", row.EndAt) })
            if (value is { Year: > 2300 or < 2000 }) errors.Add(field, "Choose a year from 2000 to 2300.");
        return errors.All.Count == count;
    }

    private void ApplyTarget(ScheduleInput input, Schedule row, FieldErrors errors)
    {
        if (input is { CallbackId: not null, TriggerId: not null })
        {
            errors.Add("triggerId", "Give either callbackId or triggerId, not both.");
            return;
        }
        if (input.CallbackId is { } callbackId) (row.CallbackId, row.TriggerId) = (callbackId, null);
        if (input.TriggerId is { } triggerId) (row.CallbackId, row.TriggerId) = (null, triggerId);
        if (row.CallbackId is { } callback && callbacks.Find(callback) is null) errors.Add("callbackId", "There is no callback with this id.");
        if (row.TriggerId is { } trigger && triggers.Find(trigger) is null) errors.Add("triggerId", "There is no trigger with this id.");
        if (row.CallbackId is null && row.TriggerId is null) errors.Add("callbackId", "Say what it starts: give a callbackId or a triggerId.");
    }

    private void ApplyPayload(ScheduleInput input, Schedule row, FieldErrors errors)
    {
        row.Payload = (input.Payload ?? row.Payload) is { Length: > 0 } payload ? payload : null;
        row.ContentType = (input.ContentType?.Trim() ?? row.ContentType) is { Length: > 0 } type ? type : null;
        if (row.Payload is null)
        {
            row.ContentType = null;
            return;
        }
        row.ContentType ??= "application/json";
        if (row.ContentType.Length > Schedule.MaxContentTypeLength || !MediaTypeHeaderValue.TryParse(row.ContentType, out _))
            errors.Add("contentType", "Give a media type of at most 100 characters, such as application/json or text/plain.");
        else payloads.Check(row, errors);
    }

    private static DateTimeOffset? Cut(DateTimeOffset? time) => time is { } value ? Clock.Truncate(value) : null;
}
