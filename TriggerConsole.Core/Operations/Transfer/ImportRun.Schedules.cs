using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Operations.Transfer;

internal sealed partial class ImportRun
{
    private async Task PlanSchedulesAsync(CancellationToken cancellationToken)
    {
        var stored = (await context.Schedules.ToListAsync(cancellationToken)).ToDictionary(s => s.Id);
        var present = stored.Values.Where(s => s.DeletedAt is null).Select(s => (s.Id, s.Name)).ToList();
        var ids = file.Schedules.Select(s => s.Id).ToHashSet();
        LeaveAlone(present.Select(p => p.Id), ids);
        for (var i = 0; i < file.Schedules.Count; i++)
        {
            var (item, errors) = (file.Schedules[i], At("schedules", i));
            CheckSchedule(item, errors);
            var row = stored.GetValueOrDefault(item.Id);
            var before = row is { DeletedAt: null } ? ConfigurationRows.ToItem(row) : null;
            if (before is null) RefuseClash("a schedule", item.Name, item.Id, present, ids, errors);
            if (row is null) context.Schedules.Add(row = new() { Id = item.Id, Name = "", Kind = item.Kind, TimeZone = "", CreatedAt = now, UpdatedAt = now });
            row.DeletedAt = null;
            (row.Name, row.Description, row.Kind) = (item.Name.Trim(), item.Description, item.Kind);
            (row.Cron, row.IntervalSeconds, row.At, row.TimeZone) = (item.Cron, item.IntervalSeconds, item.At, item.TimeZone);
            (row.StartAt, row.EndAt, row.CallbackId, row.TriggerId) = (item.StartAt, item.EndAt, item.CallbackId, item.TriggerId);
            (row.Payload, row.ContentType, row.Misfire, row.Overlap) = (item.Payload, item.ContentType, item.Misfire, item.Overlap);
            (row.Priority, row.Paused, row.ResumeAt) = (item.Priority, item.Paused, item.ResumeAt);
            CheckTimes(row, errors);
            if (row.Payload is not null) sandbox.Get<SchedulePayloads>().Check(row, errors);
            Note("schedules", row.Id, row.Name, before, ConfigurationRows.ToItem(row));
            if (HasChanged("schedules", row.Id)) (row.UpdatedAt, row.Version) = (now, row.Version + 1);
        }
    }

    // A time that has gone by is no fault here: the schedule was made when it was ahead
    private static void CheckTimes(Schedule row, FieldErrors errors)
    {
        if (errors.Any) return;
        try
        {
            ScheduleTimes.Of(row);
        }
        catch (FormatException exception)
        {
            errors.Add(row.Kind == ScheduleKind.Cron ? "cron" : "kind", exception.Message);
        }
    }

    private void CheckSchedule(ScheduleItem item, FieldErrors errors)
    {
        if (item.Name.Trim().Length is 0 or > Schedule.MaxNameLength) errors.Add("name", $"Give the schedule a name of 1 to {Schedule.MaxNameLength} characters.");
        OneLine.Check(item.Name.Trim(), errors);
        if (item.Kind == ScheduleKind.Cron && item.Cron is not { Length: > 0 and <= Schedule.MaxCronLength }) errors.Add("cron", "Give a cron expression, for example 0 9 * * MON-FRI.");
        if (item.Kind == ScheduleKind.Interval && item.IntervalSeconds is not > 0) errors.Add("intervalSeconds", "Give the seconds between two runs.");
        if (item.Kind == ScheduleKind.Once && item.At is null) errors.Add("at", "Give the time at which it is to run.");
        if (item.TimeZone.Length > Schedule.MaxTimeZoneLength || !TimeZoneInfo.TryFindSystemTimeZoneById(item.TimeZone, out _)) errors.Add("timeZone", "There is no such time zone. Write, for example, Europe/Berlin.");
        if (item.ContentType?.Length > Schedule.MaxContentTypeLength) errors.Add("contentType", $"Use at most {Schedule.MaxContentTypeLength} characters.");
        if (item.Priority is < 0 or > 9) errors.Add("priority", "Give a priority from 0 (last) to 9 (first).");
        if ((item.CallbackId is null) == (item.TriggerId is null)) errors.Add("callbackId", "Give either a callback or a trigger.");
        if (item.CallbackId is { } callback && !_callbacks.Contains(callback)) errors.Add("callbackId", "There is no callback with this id, neither here nor in the file.");
        if (item.TriggerId is { } trigger && !_triggers.Contains(trigger)) errors.Add("triggerId", "There is no trigger with this id, neither here nor in the file.");
    }
}
