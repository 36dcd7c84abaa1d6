using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace TriggerConsole.Api;

/// <summary>Turns what was thrown into a problem: requests that cannot be read into a 4xx that names the field, all else into a 500 that reveals nothing.</summary>
internal sealed class ExceptionAnswers : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is BadHttpRequestException bad)
        {
            httpContext.Response.StatusCode = bad.StatusCode;
            await ApiProblems.From(bad).ExecuteAsync(httpContext);
            return true;
        }
        if (IsBrokenBody(exception))
        {
            httpContext.Response.StatusCode = StatusCodes.Status400BadRequest;
            await ApiProblems.Problem(StatusCodes.Status400BadRequest, "bad-request", "The request cannot be read", "The body breaks off, or its chunks have no size.").ExecuteAsync(httpContext);
            return true;
        }
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }
        if (!httpContext.Request.Path.StartsWithSegments("/api")) return false;
        if (IsDatabaseAway(exception))
        {
            httpContext.Response.Headers.RetryAfter = "2";
            await ApiProblems.Problem(StatusCodes.Status503ServiceUnavailable, "unavailable", "Not available right now", "The database does not answer. Try again in a moment.").ExecuteAsync(httpContext);
            return true;
        }
        await ApiProblems.Problem(StatusCodes.Status500InternalServerError, "internal", "A fault of the server", "The server's log has the details.").ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>The server's name for a chunk whose size is no number that can be: it is the sender's fault, and no fault of ours.</summary>
    public static bool IsBrokenBody(Exception exception) => exception is IOException { InnerException: OverflowException };

    private static bool IsDatabaseAway(Exception exception)
        => exception is DbException { IsTransient: true } or InvalidOperationException { InnerException: DbException { IsTransient: true } } or DbUpdateException { InnerException: DbException { IsTransient: true } };
}

internal static class StatusAnswers
{
    /// <summary>Gives answers without a body one: a problem for programs, a page for people.</summary>
    public static void UseStatusAnswers(this IApplicationBuilder app)
    {
        // Not in a branch: there the page would never be found, because branches have no routing of their own
        app.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
        app.Use(OnlyThoseWithAPage);
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/api"),
            api => api.UseStatusCodePages(context => ProblemOf(context.HttpContext).ExecuteAsync(context.HttpContext)));
    }

    private static ProblemHttpResult ProblemOf(HttpContext context)
        => (context.Response.StatusCode == StatusCodes.Status400BadRequest ? QueryFaults.Find(context) : null) ?? ApiProblems.OfStatus(context.Response.StatusCode);

    // Any other status would become a 404: there is no page for it
    private static async Task OnlyThoseWithAPage(HttpContext context, RequestDelegate next)
    {
        var feature = context.Features.Get<IStatusCodePagesFeature>();
        await next(context);
        if (context.Response.StatusCode is not (StatusCodes.Status404NotFound or StatusCodes.Status403Forbidden) && feature is not null) feature.Enabled = false;
    }
}
