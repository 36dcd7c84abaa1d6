using Microsoft.Extensions.Options;
using TriggerConsole.Core.Nodes;

namespace TriggerConsole.Hosting;

/// <summary>A node that is there to work answers questions about its health, and nothing else: no pages, no API, no events.</summary>
internal static class NodeRoleGuard
{
    public static void UseNodeRole(this WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<NodeOptions>>().Value.Role != NodeRole.Worker) return;
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/health") || context.Request.Path.StartsWithSegments("/metrics")) return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("This node runs executions. Pages and API are at the nodes whose Node:Role is All or Web.", context.RequestAborted);
        });
    }
}
