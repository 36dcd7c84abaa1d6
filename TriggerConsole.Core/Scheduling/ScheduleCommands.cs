using Microsoft.EntityFrameworkCore;
using TriggerConsole.Core.Executions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Persistence;
using TriggerConsole.Core.Scheduling.Engine;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Core.Scheduling;

/// <summary>Makes, changes, pauses, runs and deletes schedules. Every change is in the database first, then in Quartz.</summary>
internal sealed class ScheduleCommands(
    IDbContextFactory<TriggerConsoleDbContext> contexts, ScheduleValidator validator, ScheduleEngine engine, ScheduleRunner runner, ScheduleQueries queries, SchedulePayloads payloads,
    ScheduleFeed feed, TimeProvider time)
{
    public async Task<CommandResult<ScheduleView>> CreateAsync(ScheduleInput input, string? actor, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (input.Kind is null) return new Refusal.Invalid("kind", "Say how it tells the time: Cron, Interval or Once.");
        var now = time.Now();
        var row = New(actor, now);
        validator.Apply(input, row, errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        row.Paused = input.Paused ?? false;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Schedules.Add(row);
        return await SaveAsync(context, row, cancellationToken);
    }

    public async Task<CommandResult<ScheduleView>> UpdateAsync(Guid id, ScheduleInput input, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } row) return NotFound(id);
        if (input.Version is { } version && version != row.Version)
            return new Refusal.Conflict("Someone else has changed this schedule since you opened it. Load it again and repeat your change.");
        var errors = new FieldErrors();
        validator.Apply(input, row, errors);
        if (errors.Any) return new Refusal.Invalid(errors.All);
        return await SaveAsync(context, row, cancellationToken);
    }

    /// <summary>Nothing runs until it is resumed. Times that come meanwhile are not made up for.</summary>
    /// <param name="resumeAt">When it goes on by itself; null: when someone resumes it.</param>
    public async Task<CommandResult<ScheduleView>> PauseAsync(Guid id, DateTimeOffset? resumeAt, CancellationToken cancellationToken)
    {
        if (resumeAt <= time.Now()) return new Refusal.Invalid("resumeAt", "That time has passed. Choose a later one, or leave it out to resume by hand.");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } row) return NotFound(id);
        (row.Paused, row.ResumeAt) = (true, resumeAt is { } at ? Clock.Truncate(at) : null);
        return await SaveAsync(context, row, cancellationToken);
    }

    public async Task<CommandResult<ScheduleView>> ResumeAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } row) return NotFound(id);
        if (!row.Paused) return (await queries.FindAsync(id, cancellationToken))!;
        (row.Paused, row.ResumeAt) = (false, null);
        return await SaveAsync(context, row, cancellationToken);
    }

    /// <summary>Runs it once now, paused or not. Refused while the run before is not finished, when runs must not overlap.</summary>
    public async Task<CommandResult<ScheduleRunReceipt>> RunAsync(Guid id, string? actor, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } row) return NotFound(id);
        if (row.Overlap == OverlapPolicy.Skip && await runner.IsBusyAsync(id, cancellationToken))
            return new Refusal.Conflict("The run before is not finished, and this schedule does not run twice at once. Wait until it ends, or let runs overlap.");
        return await runner.RunNowAsync(row, actor, cancellationToken) is { } run
            ? new ScheduleRunReceipt(id, run.DueAt, run.Outcome, run.Detail, run.EventId)
            : ExecutionCommands.Unavailable;
    }

    public async Task<CommandResult<bool>> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await FindAsync(context, id, cancellationToken) is not { } row) return NotFound(id);
        row.DeletedAt = time.Now();
        var saved = await SaveAsync(context, row, cancellationToken);
        payloads.Forget(id);
        return saved.Refusal is { } refusal ? refusal : true;
    }

    /// <summary>What it would do, without saving it. Never refused: what is wrong is part of the answer.</summary>
    public SchedulePreview Preview(ScheduleInput input)
    {
        var now = time.Now();
        var row = New(null, now);
        var errors = new FieldErrors();
        if (input.Kind is null) errors.Add("kind", "Say how it tells the time: Cron, Interval or Once.");
        else validator.ApplyWhen(input, row, errors);
        if (!string.IsNullOrEmpty(input.Payload))
        {
            (row.Payload, row.ContentType) = (input.Payload, string.IsNullOrWhiteSpace(input.ContentType) ? "application/json" : input.ContentType);
            payloads.Check(row, errors);
        }
        if (errors.All.Any(e => e.Field is not ("payload" or "contentType"))) return new(null, [], errors.All);
        var times = ScheduleTimes.Of(row);
        return new(ScheduleWords.Of(row), [.. times.Next(now, 5).Select(t => new ScheduleTime(t, LocalText(t, times.Zone)))], errors.All);
    }

    private static string LocalText(DateTimeOffset time, TimeZoneInfo zone)
        => TimeZoneInfo.ConvertTime(time, zone).ToString("ddd d MMM yyyy, HH:mm:ss zzz", System.Globalization.CultureInfo.InvariantCulture);

    private static Schedule New(string? actor, DateTimeOffset now) => new()
    {
        Id = Uuid7.New(now),
        Name = "",
        Kind = ScheduleKind.Cron,
        TimeZone = "Etc/UTC",
        CreatedBy = actor,
        CreatedAt = now,
        UpdatedAt = now,
    };

    private async Task<CommandResult<ScheduleView>> SaveAsync(TriggerConsoleDbContext context, Schedule row, CancellationToken cancellationToken)
    {
        row.UpdatedAt = time.Now();
        row.Version++;
        try
        {
            await context.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            return new Refusal.Conflict("Someone else has changed this schedule at the same moment. Load it again and repeat your change.");
        }
        // It is saved: whoever asked for it does not undo that by going away
        await engine.SyncAsync(row.Id, CancellationToken.None);
        feed.Tell(row.Id);
        return (await queries.ViewAsync(context, row, CancellationToken.None))!;
    }

    private static Task<Schedule?> FindAsync(TriggerConsoleDbContext context, Guid id, CancellationToken cancellationToken)
        => context.Schedules.SingleOrDefaultAsync(s => s.Id == id && s.DeletedAt == null, cancellationToken);

    private static Refusal.NotFound NotFound(Guid id) => new($"There is no schedule {id}.");
}
