namespace TriggerConsole.Api;

/// <summary>All routes of the API.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapCallbacks();
        routes.MapTriggers();
        routes.MapExecute();
        routes.MapExecutions();
        routes.MapBulk();
        routes.MapEvents();
        routes.MapJobs();
        routes.MapMqtt();
        routes.MapAmqp();
        routes.MapTokens();
        routes.MapSchedules();
        routes.MapKeys();
        routes.MapUsers();
        routes.MapSecrets();
        routes.MapDataKeys();
        routes.MapSettings();
        routes.MapConfiguration();
        routes.MapAudit();
        routes.MapLimits();
    }
}
