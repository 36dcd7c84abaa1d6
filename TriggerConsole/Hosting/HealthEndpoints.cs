using Microsoft.AspNetCore.Http.HttpResults;
using TriggerConsole.Core.Executions.Dispatch;
using TriggerConsole.Core.Executions.Journal;
using TriggerConsole.Core.Executions.Transport;
using TriggerConsole.Core.Identity;
using TriggerConsole.Core.Jobs;
using TriggerConsole.Core.Nodes;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Hosting;

/// <param name="Status"><c>ok</c>, or <c>unavailable</c> when nothing can be stored.</param>
/// <param name="Running">Attempts under way.</param>
/// <param name="Held">Executions in memory.</param>
/// <param name="JournalWaiting">Entries waiting for the disk.</param>
/// <param name="Stuck">Attempts that have outlasted their own limit.</param>
/// <param name="Node">Name of the node that answers.</param>
/// <param name="Role">What it does: all, web or worker.</param>
/// <param name="Nodes">Nodes that live, this one included.</param>
/// <param name="Triggers">Triggers that it knows.</param>
/// <param name="Transport">How ready executions get from node to node.</param>
internal sealed record HealthResponse(
    string Status, string? Problem, int Running, int Held, int JournalWaiting, int Stuck, IReadOnlyList<CircuitView> OpenCircuits, string Node, NodeRole Role, int Nodes, int Triggers, TransportStatus Transport);

internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        // The process answers: nothing more is asked, so that a full disk does not get it restarted in a circle
        routes.MapGet("/health/live", () => TypedResults.Text("ok")).AllowAnonymous().ExcludeFromDescription();
        routes.MapGet("/health/ready", Ready).AllowAnonymous().ExcludeFromDescription();
        MetricsEndpoint.Map(routes);
        routes.MapGet("/api/health", Health).RequireAuthorization(Permissions.ReadMetrics).WithTags("Health").WithSummary("State of the engine");
    }

    private static ContentHttpResult Ready(ExecutionJournal journal)
        => journal.Fault is null ? TypedResults.Text("ready") : TypedResults.Text("unavailable", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static Ok<HealthResponse> Health(ExecutionJournal journal, Dispatcher dispatcher, StuckWatch stuck, NodeKeeper node, NodeDirectory nodes, TriggerDirectory triggers, TransportRunner transport)
    {
        var figures = dispatcher.Figures;
        return TypedResults.Ok(new HealthResponse(journal.Fault is null ? "ok" : "unavailable", journal.Fault is null ? null : "The database takes no writes. See the server's log.",
            figures.Running, figures.Held, journal.Waiting, stuck.Count, dispatcher.OpenCircuits, node.Name, node.Role, nodes.All.Count, triggers.All.Count(), transport.Status));
    }
}
