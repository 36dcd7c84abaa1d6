using TriggerConsole.Core;
using TriggerConsole.Live;

namespace TriggerConsole.Hosting;

internal static class LiveServices
{
    public static IServiceCollection AddLive(this IServiceCollection services)
    {
        services.AddSignalR(options => options.MaximumReceiveMessageSize = 16 * 1024)
            .AddJsonProtocol(options => CoreJson.Apply(options.PayloadSerializerOptions));
        services.AddHostedService<LiveBroadcast>();
        return services;
    }

    public static void MapLive(this IEndpointRouteBuilder routes) => routes.MapHub<LiveHub>(LiveHub.Path);
}
