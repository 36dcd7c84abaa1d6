using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using TriggerConsole.Core.Audit;
using TriggerConsole.Core.Identity;

namespace TriggerConsole.Api;

/// <summary>Filters of the audit log.</summary>
internal readonly record struct AuditListQuery(
    [FromQuery] DateTimeOffset? From, [FromQuery] DateTimeOffset? To, [FromQuery] string? Actor, [FromQuery] string? Action, [FromQuery] string? SubjectKind, [FromQuery] string? SubjectId,
    [FromQuery] string? Outcome, [FromQuery] string? Address, [FromQuery] string? Q)
{
    /// <summary>Null when a filter cannot be read; then there is a problem.</summary>
    public AuditFilter? Read(out ProblemHttpResult? problem)
    {
        problem = null;
        AuditOutcome? outcome = null;
        if (!string.IsNullOrEmpty(Outcome))
        {
            if (Enum.TryParse<AuditOutcome>(Outcome, ignoreCase: true, out var given) && !int.TryParse(Outcome, out _)) outcome = given;
            else problem = ApiProblems.Invalid("outcome", $"{Outcome} is no outcome. Use {string.Join(", ", Enum.GetNames<AuditOutcome>())}.");
        }
        return problem is not null ? null : new()
        {
            From = From,
            To = To,
            Actor = Actor,
            Action = Action,
            SubjectKind = SubjectKind,
            SubjectId = SubjectId,
            Outcome = outcome,
            Address = Address,
            Q = Q,
        };
    }
}

/// <summary>The audit log: who did what to what. Nothing here changes it.</summary>
internal static class AuditApi
{
    public static RouteGroupBuilder MapAudit(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/audit").WithTags("Audit");
        group.RequireAuthorization(Permissions.ReadAudit);
        group.MapGet("/", ListAsync).WithSummary("List the audit log, newest first, page by cursor");
        group.MapGet("/{sequence:long}", FindAsync).WithSummary("One entry, with what was changed");
        group.MapGet("/export", ExportAsync).WithSummary("All entries that match, oldest first, as NDJSON or CSV").Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson");
        group.MapPost("/verify", VerifyAsync).WithSummary("Check every entry against its seal and its neighbours");
        return group;
    }

    private static async Task<Results<Ok<AuditEntryList>, ProblemHttpResult>> ListAsync([AsParameters] AuditListQuery query, AuditQueries audit, string? cursor, int? pageSize, CancellationToken cancellationToken)
    {
        if (query.Read(out var problem) is not { } filter) return problem!;
        long? before = null;
        if (!string.IsNullOrEmpty(cursor))
        {
            if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return ApiProblems.Invalid("cursor", "Give the nextCursor of the page before.");
            before = sequence;
        }
        return TypedResults.Ok(await audit.ListAsync(filter, before, Paging.Limit(pageSize), cancellationToken));
    }

    private static async Task<Results<Ok<AuditEntryView>, ProblemHttpResult>> FindAsync(long sequence, AuditQueries audit, CancellationToken cancellationToken)
        => await audit.FindAsync(sequence, cancellationToken) is { } entry ? TypedResults.Ok(entry)
            : ApiProblems.Problem(StatusCodes.Status404NotFound, "not-found", "Not found", $"There is no entry {sequence}. It may have been deleted by retention.");

    private static async Task<Results<PushStreamHttpResult, ProblemHttpResult>> ExportAsync(
        [AsParameters] AuditListQuery query, string? format, AuditQueries audit, IAuditTrail trail, TimeProvider time, HttpContext context, CancellationToken cancellationToken)
    {
        if (format is not (null or AuditExport.NdJson or AuditExport.Csv)) return ApiProblems.Invalid("format", $"Use {AuditExport.NdJson} or {AuditExport.Csv}.");
        if (query.Read(out var problem) is not { } filter) return problem!;
        format ??= AuditExport.NdJson;
        // Before the first byte: what has been sent cannot be taken back
        await trail.RecordAsync(new("audit.export", AuditOutcome.Done, "audit", Detail: $"As {format}{(context.Request.QueryString.Value is { Length: > 1 } asked ? $", {Uri.UnescapeDataString(asked[1..])}" : "")}."), cancellationToken);
        var name = string.Create(CultureInfo.InvariantCulture, $"triggerconsole-audit-{time.GetUtcNow():yyyyMMdd-HHmmss}.{format}");
        return TypedResults.Stream(stream => AuditExport.WriteAsync(audit.ReadAsync(filter, cancellationToken), format, stream, cancellationToken), AuditExport.TypeOf(format), name);
    }

    private static async Task<Results<Ok<AuditReport>, ProblemHttpResult>> VerifyAsync(string? anchor, AuditVerifier verifier, CancellationToken cancellationToken)
    {
        AuditAnchor? noted = null;
        if (!string.IsNullOrEmpty(anchor))
        {
            if (!AuditAnchor.TryParse(anchor, out var given)) return ApiProblems.Invalid("anchor", "Give the number of an entry and its hash, as the server's log or an earlier check told them: 1234:ab12…");
            noted = given;
        }
        return TypedResults.Ok(await verifier.VerifyAsync(noted, cancellationToken));
    }
}
