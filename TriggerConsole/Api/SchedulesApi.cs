using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Scheduling;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Api;

/// <summary>Until when to pause.</summary>
internal sealed record SchedulePauseRequest
{
    /// <summary>When it goes on by itself; left out: when someone resumes it.</summary>
    public DateTimeOffset? ResumeAt { get; init; }
}

/// <summary>Filters of the list of schedules. <c>q</c> is text in name, description, words or target.</summary>
internal readonly record struct ScheduleListQuery(
    [FromQuery] string? Q, [FromQuery] ScheduleState? State, [FromQuery] bool? Failed, [FromQuery] Guid? CallbackId, [FromQuery] Guid? TriggerId, [FromQuery] ScheduleSort? Sort);

internal static class SchedulesApi
{
    public static RouteGroupBuilder MapSchedules(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/schedules").WithTags("Schedules");
        group.WithDefaultPermission(Permissions.Read);
        group.MapGet("/", ListAsync).WithSummary("List and search schedules, each with its next and its last run");
        group.MapPost("/", CreateAsync).RequireAuthorization(Permissions.EditSchedules).WithSummary("Make a schedule");
        group.MapPost("/preview", Preview).WithSummary("Say in words when a schedule would run, its next five times, and what is wrong with it");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One schedule with its next and its last run");
        group.MapPut("/{id:guid}", UpdateAsync).RequireAuthorization(Permissions.EditSchedules).WithSummary("Change a schedule; what is left out stays. With kind, all that says when is replaced");
        group.MapDelete("/{id:guid}", DeleteAsync).RequireAuthorization(Permissions.EditSchedules).WithSummary("Delete a schedule; its history stays until retention takes it");
        group.MapPost("/{id:guid}/run", RunAsync).RequireAuthorization(Permissions.Run).WithSummary("Run it once now, paused or not");
        group.MapPost("/{id:guid}/pause", PauseAsync).RequireAuthorization(Permissions.Pause).WithSummary("Pause: nothing runs until it is resumed, or until resumeAt");
        group.MapPost("/{id:guid}/resume", ResumeAsync).RequireAuthorization(Permissions.Pause).WithSummary("Resume: it goes on with its next time");
        group.MapGet("/{id:guid}/runs", RunsAsync).WithSummary("List the runs of a schedule, newest first, page by cursor");
        return group;
    }

    private static async Task<Ok<PageOf<ScheduleView>>> ListAsync([AsParameters] Paging paging, [AsParameters] ScheduleListQuery query, ScheduleQueries schedules, CancellationToken cancellationToken)
    {
        var filter = new ScheduleFilter { Q = query.Q, State = query.State, Failed = query.Failed ?? false, CallbackId = query.CallbackId, TriggerId = query.TriggerId, Sort = query.Sort ?? ScheduleSort.Name };
        return TypedResults.Ok(await schedules.ListAsync(filter, paging.Number, paging.Size, cancellationToken));
    }

    private static async Task<Results<Created<ScheduleView>, ProblemHttpResult>> CreateAsync(
        ScheduleInput input, ScheduleCommands schedules, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.CreateAsync(input, user.Actor(), cancellationToken)).ToCreated(context, s => $"/api/schedules/{s.Id}", s => s);

    private static Ok<SchedulePreview> Preview(ScheduleInput input, ScheduleCommands schedules) => TypedResults.Ok(schedules.Preview(input));

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> FindAsync(Guid id, ScheduleQueries schedules, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await schedules.FindAsync(id, cancellationToken), "schedule", id);

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> UpdateAsync(Guid id, ScheduleInput input, ScheduleCommands schedules, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.UpdateAsync(id, input, cancellationToken)).ToOk(context);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, ScheduleCommands schedules, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.DeleteAsync(id, cancellationToken)).ToNoContent(context);

    private static async Task<Results<Ok<ScheduleRunReceipt>, ProblemHttpResult>> RunAsync(Guid id, ScheduleCommands schedules, ClaimsPrincipal user, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.RunAsync(id, user.Actor(), cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PauseAsync(
        Guid id, [FromBody(EmptyBodyBehavior = Microsoft.AspNetCore.Mvc.ModelBinding.EmptyBodyBehavior.Allow)] SchedulePauseRequest? request, ScheduleCommands schedules, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.PauseAsync(id, request?.ResumeAt, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ResumeAsync(Guid id, ScheduleCommands schedules, HttpContext context, CancellationToken cancellationToken)
        => (await schedules.ResumeAsync(id, cancellationToken)).ToOk(context);

    private static async Task<Results<Ok<ScheduleRunPage>, ProblemHttpResult>> RunsAsync(Guid id, string? cursor, int? pageSize, ScheduleQueries schedules, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await schedules.RunsAsync(id, cursor, Paging.Limit(pageSize), cancellationToken), "schedule", id);
}
