using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Authentication;
using TriggerConsole.Core.Executions.Starting;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Triggers;
using TriggerConsole.Core.Validation;

namespace TriggerConsole.Api;

/// <summary>Filters, sorting and page of the jobs list.</summary>
internal readonly record struct JobListQuery(
    [FromQuery] string? State, [FromQuery] string? Queue, [FromQuery] TriggerKind? Kind, [FromQuery] Guid? TriggerId, [FromQuery] string? Code, [FromQuery] DateTimeOffset? From,
    [FromQuery] DateTimeOffset? To, [FromQuery] string? Q, [FromQuery] Guid? NodeId, [FromQuery] string? Sort, [FromQuery] string? After, [FromQuery] int? Page, [FromQuery] int? PageSize);

/// <summary>The same filters, for what is done with all that match.</summary>
internal sealed record JobFilterRequest
{
    public JobState? State { get; init; }

    /// <summary><c>http-5</c>.</summary>
    public string? Queue { get; init; }

    public TriggerKind? Kind { get; init; }

    public Guid? TriggerId { get; init; }

    public string? Code { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public string? Q { get; init; }
}

/// <summary>Many jobs: by ids or by filter. With <c>dryRun</c> they are only counted.</summary>
internal sealed record JobBulkRequest
{
    public IReadOnlyList<Guid>? Ids { get; init; }

    public JobFilterRequest? Filter { get; init; }

    /// <summary>The state they were seen in: those that have left it are left alone. With a filter by state, that one.</summary>
    public JobState? State { get; init; }

    public bool DryRun { get; init; }

    /// <summary>Left out: as fast as the engine accepts.</summary>
    public double? RatePerSecond { get; init; }
}

/// <param name="MadeId">The new execution, when a job that had succeeded was requeued.</param>
internal sealed record JobActionResponse(Guid Id, Guid? MadeId, JobView? Job);

/// <summary>One page of what came of a bulk run's jobs.</summary>
internal sealed record BulkItemsResponse(IReadOnlyList<BulkItem> Items, int Total, int Page, int PageSize);

/// <summary>The Jobs pages as JSON: counters, lists, one job, what is done with one or with many. Administrators only, like the pages.</summary>
internal static class JobsApi
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static RouteGroupBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/jobs").WithTags("Jobs");
        group.RequireAuthorization(Permissions.ManageJobs); // what runs where concerns those who run the server
        group.MapGet("/statistics", StatisticsAsync).WithSummary("All counters at once, at most a second old");
        group.MapGet("/history", HistoryAsync).WithSummary("What ended, by hour or day");
        group.MapGet("/", ListAsync).WithSummary("List, search and sort jobs by state, queue, trigger, outcome and time");
        group.MapGet("/{id:guid}", FindAsync).WithSummary("One job with its attempts and its history");
        group.MapPost("/{id:guid}/requeue", RequeueAsync).WithSummary("Put one back into its queue; one that succeeded is replayed");
        group.MapPost("/{id:guid}/delete", DeleteAsync).WithSummary("Cancel one, or give a dead letter up");
        group.MapPost("/requeue", RequeueManyAsync).WithSummary("Requeue many by ids or filter; dryRun counts first");
        group.MapPost("/delete", DeleteManyAsync).WithSummary("Delete many by ids or filter; dryRun counts first");
        group.MapGet("/runs/{id:guid}", FindRun).WithSummary("Progress of a bulk action");
        group.MapGet("/runs/{id:guid}/items", ItemsOfRun).WithSummary("What came of each job of a bulk action");
        group.MapPost("/runs/{id:guid}/stop", StopRun).WithSummary("Stop a bulk action; what it did stays done");
        group.MapGet("/queues", QueuesAsync).WithSummary("Queues: length, oldest, running, workers, paused");
        group.MapPost("/queues/{queue}/pause", PauseAsync).WithSummary("Pause a queue on all nodes");
        group.MapPost("/queues/{queue}/resume", ResumeAsync).WithSummary("Let a paused queue go on");
        group.MapGet("/servers", ServersAsync).WithSummary("Nodes with heartbeat, workers and what they run");
        return group;
    }

    private static async Task<Ok<JobStatistics>> StatisticsAsync(JobCounters counters, CancellationToken cancellationToken) => TypedResults.Ok(await counters.GetAsync(cancellationToken));

    private static async Task<Results<Ok<IReadOnlyList<FinishedPoint>>, ProblemHttpResult>> HistoryAsync(
        FinishedSeries series, TimeProvider time, DateTimeOffset? from, DateTimeOffset? to, string? step, CancellationToken cancellationToken)
    {
        var end = to ?? time.GetUtcNow();
        var start = from ?? end.AddDays(-1);
        if (step is not (null or "hour" or "day")) return ApiProblems.Invalid("step", $"{step} is no step. Use hour or day.");
        if (start >= end) return ApiProblems.Invalid("from", "Give a time before \"to\".");
        if (end - start > FinishedSeries.Longest) return ApiProblems.Invalid("from", $"Give at most {FinishedSeries.Longest.TotalDays:0} days.");
        return TypedResults.Ok(await series.ReadAsync(start, end, step == "day" ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1), TimeSpan.Zero, cancellationToken));
    }

    private static async Task<Results<Ok<JobList>, ProblemHttpResult>> ListAsync([AsParameters] JobListQuery query, JobQueries jobs, CancellationToken cancellationToken)
    {
        if (!TryReadState(query.State, out var state, out var problem) || !TryReadQueue(query.Queue, out var queue, out problem) || !TryReadSort(query.Sort, out var sort, out var descending, out problem)) return problem;
        if (query.After is not null && !JobCursor.TryParse(query.After, out _)) return ApiProblems.Invalid("after", "Give the nextCursor of the page before.");
        var filter = new JobFilter
        {
            State = state,
            Queue = queue,
            Kind = query.Kind,
            TriggerId = query.TriggerId,
            Code = query.Code,
            From = query.From,
            To = query.To,
            Q = query.Q,
            NodeId = query.NodeId,
        };
        var paging = new Paging(query.Page, query.PageSize);
        return TypedResults.Ok(await jobs.ListAsync(filter, sort, descending, query.After, paging.Number, paging.Size, cancellationToken));
    }

    private static async Task<Results<Ok<JobDetails>, ProblemHttpResult>> FindAsync(Guid id, JobDetailQueries jobs, CancellationToken cancellationToken)
        => ApiResults.OkOr404(await jobs.FindAsync(id, cancellationToken), "job", id);

    private static async Task<Results<Ok<JobActionResponse>, ProblemHttpResult>> RequeueAsync(Guid id, string? state, JobCommands jobs, JobQueries queries, HttpContext context, CancellationToken cancellationToken)
        => TryReadState(state, out var shown, out var problem) ? await AnswerAsync(id, await jobs.RequeueAsync(id, shown, context.User.Actor(), cancellationToken), queries, context, cancellationToken) : problem;

    private static async Task<Results<Ok<JobActionResponse>, ProblemHttpResult>> DeleteAsync(Guid id, string? state, JobCommands jobs, JobQueries queries, HttpContext context, CancellationToken cancellationToken)
        => TryReadState(state, out var shown, out var problem) ? await AnswerAsync(id, await jobs.DeleteAsync(id, shown, context.User.Actor(), cancellationToken), queries, context, cancellationToken) : problem;

    private static async Task<Results<Ok<JobActionResponse>, ProblemHttpResult>> AnswerAsync(Guid id, BulkOutcome outcome, JobQueries queries, HttpContext context, CancellationToken cancellationToken)
        => outcome.Refusal is { } refusal ? ApiProblems.From(refusal, context) : TypedResults.Ok(new JobActionResponse(id, outcome.Made, await queries.FindAsync(id, cancellationToken)));

    private static Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> RequeueManyAsync(
        JobBulkRequest request, JobCommands jobs, JobQueries queries, BulkRunner runner, HttpContext context, CancellationToken cancellationToken)
        => StartAsync(BulkAction.Requeue, request, jobs, queries, runner, context, cancellationToken);

    private static Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> DeleteManyAsync(
        JobBulkRequest request, JobCommands jobs, JobQueries queries, BulkRunner runner, HttpContext context, CancellationToken cancellationToken)
        => StartAsync(BulkAction.Delete, request, jobs, queries, runner, context, cancellationToken);

    private static async Task<Results<Ok<BulkResponse>, Accepted<BulkResponse>, ProblemHttpResult>> StartAsync(
        BulkAction action, JobBulkRequest request, JobCommands jobs, JobQueries queries, BulkRunner runner, HttpContext context, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        if (request.Filter is null == request.Ids is null) errors.Add("ids", "Give either ids or a filter.");
        if (request.Ids is { Count: > BulkRunner.MostAtOnce }) errors.Add("ids", $"Give at most {BulkRunner.MostAtOnce:N0} ids.");
        if (request.Filter is { State: null }) errors.Add("filter.state", $"Say which state: {string.Join(", ", Enum.GetNames<JobState>())}.");
        if (request.RatePerSecond is { } rate && rate is not (>= BulkRunner.LeastRate and <= BulkRunner.MostRate)) errors.Add("ratePerSecond", $"Give a rate from {BulkRunner.LeastRate} to {BulkRunner.MostRate:N0} a second, or leave it out.");
        if (errors.Any) return ApiProblems.Invalid(errors.All);
        if (!TryReadQueue(request.Filter?.Queue, out var queue, out var problem)) return problem;
        var ids = request.Ids ?? await queries.IdsAsync(FilterOf(request.Filter!, queue), BulkRunner.MostAtOnce, cancellationToken);
        if (request.DryRun) return TypedResults.Ok(new BulkResponse(ids.Count, true, null, null));
        var id = jobs.Start(action, ids, request.State ?? request.Filter?.State, request.RatePerSecond, context.User.Actor()).Id;
        var run = (await runner.WaitAsync(id, s_patience))!;
        var response = new BulkResponse(run.Total, false, run, $"/api/jobs/runs/{id}");
        return run.IsFinished ? TypedResults.Ok(response) : TypedResults.Accepted(response.StatusUrl, response);
    }

    private static JobFilter FilterOf(JobFilterRequest request, JobQueue? queue) => new()
    {
        State = request.State,
        Queue = queue,
        Kind = request.Kind,
        TriggerId = request.TriggerId,
        Code = request.Code,
        From = request.From,
        To = request.To,
        Q = request.Q,
    };

    private static Results<Ok<BulkRunView>, ProblemHttpResult> FindRun(Guid id, BulkRunner runner) => ApiResults.OkOr404(runner.Find(id), "bulk run", id);

    private static Results<Ok<BulkItemsResponse>, ProblemHttpResult> ItemsOfRun(Guid id, bool? done, [AsParameters] Paging paging, BulkRunner runner)
        => runner.Items(id, done, (paging.Number - 1) * paging.Size, paging.Size) is { } found
            ? TypedResults.Ok(new BulkItemsResponse(found.Items, found.Total, paging.Number, paging.Size)) : ApiProblems.NotFound("bulk run", id);

    private static Results<Ok<BulkRunView>, ProblemHttpResult> StopRun(Guid id, BulkRunner runner) => ApiResults.OkOr404(runner.Stop(id), "bulk run", id);

    private static async Task<Ok<IReadOnlyList<QueueView>>> QueuesAsync(JobCounters counters, CancellationToken cancellationToken) => TypedResults.Ok((await counters.GetAsync(cancellationToken)).Queues);

    private static async Task<Results<Ok<QueuePause>, ProblemHttpResult>> PauseAsync(string queue, QueueSettings queues, JobCounters counters, HttpContext context, CancellationToken cancellationToken)
    {
        if (!JobQueue.TryParse(queue, out var named)) return UnknownQueue(queue);
        var result = await queues.PauseAsync(named, context.User.Actor(), cancellationToken);
        counters.Renew();
        return result.ToOk(context);
    }

    private static async Task<Results<Ok<QueuePause>, ProblemHttpResult>> ResumeAsync(string queue, QueueSettings queues, JobCounters counters, HttpContext context, CancellationToken cancellationToken)
    {
        if (!JobQueue.TryParse(queue, out var named)) return UnknownQueue(queue);
        var result = await queues.ResumeAsync(named, context.User.Actor(), cancellationToken);
        counters.Renew();
        return result.ToOk(context);
    }

    private static async Task<Ok<IReadOnlyList<ServerView>>> ServersAsync(ServerQueries servers, CancellationToken cancellationToken) => TypedResults.Ok(await servers.ListAsync(cancellationToken));

    private static ProblemHttpResult UnknownQueue(string name) => ApiProblems.Invalid("queue", $"{name} is no queue. Give a kind and a priority from 0 to 9: http-5, mqtt-9, amqp-0.");

    private static bool TryReadState(string? given, out JobState? state, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        (state, problem) = (null, null);
        if (given is null) return true;
        if (Enum.TryParse<JobState>(given, ignoreCase: true, out var named) && !char.IsAsciiDigit(given[0])) state = named;
        else problem = ApiProblems.Invalid("state", $"{given} is no state. Use {string.Join(", ", Enum.GetNames<JobState>())}.");
        return problem is null;
    }

    private static bool TryReadQueue(string? name, out JobQueue? queue, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        (queue, problem) = (null, null);
        if (name is null) return true;
        if (JobQueue.TryParse(name, out var named)) queue = named;
        else problem = UnknownQueue(name);
        return problem is null;
    }

    private static bool TryReadSort(string? given, out JobSort sort, out bool descending, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out ProblemHttpResult? problem)
    {
        (sort, problem) = (JobSort.Natural, null);
        descending = given?.StartsWith('-') ?? false;
        if (given is null || Enum.TryParse(given.AsSpan(descending ? 1 : 0), ignoreCase: true, out sort) && Enum.IsDefined(sort) && !char.IsAsciiDigit(given[^1])) return true;
        problem = ApiProblems.Invalid("sort", $"{given} cannot be sorted by. Use {string.Join(", ", Enum.GetNames<JobSort>().Select(n => n.ToLowerInvariant()))}, with a minus sign for the other way round.");
        return false;
    }
}
