using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Hosting;

namespace TriggerConsole.Browsers;

/// <summary>
/// Bounds the pages and listeners that are open at the same time, for one caller and in all: each holds memory here for as long as it is
/// open. A connection of either is one request that lasts.
/// </summary>
internal sealed class OpenPageLimit(IOptions<ServerOptions> options)
{
    private readonly ConcurrentDictionary<string, int> _open = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Open at the moment.</summary>
    public int Open => Volatile.Read(ref _all);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsConnection(context.Request))
        {
            await next(context);
            return;
        }
        var caller = context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? $"{context.Connection.RemoteIpAddress}";
        if (!TryEnter(caller))
        {
            context.Response.Headers.RetryAfter = "30";
            await ApiProblems.Problem(StatusCodes.Status429TooManyRequests, "too-many-pages", "Too many open pages", "Close pages that are not needed, and load this one again.").ExecuteAsync(context);
            return;
        }
        try { await next(context); }
        finally { Leave(caller); }
    }

    internal bool TryEnter(string caller)
    {
        if (Interlocked.Increment(ref _all) <= options.Value.MaxOpenPages && _open.AddOrUpdate(caller, 1, (_, count) => count + 1) is var mine)
        {
            if (mine <= options.Value.MaxOpenPagesPerUser) return true;
            Leave(caller);
            return false;
        }
        Interlocked.Decrement(ref _all);
        return false;
    }

    internal void Leave(string caller)
    {
        Interlocked.Decrement(ref _all);
        // The last one takes the entry along; whoever came in between has changed it, and keeps it
        if (_open.AddOrUpdate(caller, 0, (_, count) => count - 1) == 0) _open.TryRemove(new(caller, 0));
    }

    // WebSockets are GET (CONNECT over HTTP/2), and so are the polls and streams that stand in for them; negotiation and messages are POST
    private static bool IsConnection(HttpRequest request)
        => !HttpMethods.IsPost(request.Method) && (request.Path.StartsWithSegments("/_blazor") || request.Path.StartsWithSegments("/hubs"));
}
