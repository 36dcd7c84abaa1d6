using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TriggerConsole.Tests.Docs;

/// <summary>Notes which routes of the application were called with success, as the OpenAPI document writes them.</summary>
internal sealed partial class RouteLog : IStartupFilter
{
    private readonly ConcurrentDictionary<string, bool> _succeeded = new();

    public IEnumerable<string> Succeeded => _succeeded.Keys;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, go) =>
        {
            await go(context);
            if (context.Response.StatusCode < 400 && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern })
                _succeeded[$"{context.Request.Method} {Parameter().Replace(pattern, "{${name}}").TrimEnd('/')}"] = true;
        });
        next(app);
    };

    // {id:guid}, {**path}
    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}")]
    private static partial Regex Parameter();
}
