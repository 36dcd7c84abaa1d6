using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TriggerConsole.Core.Limits;
using TriggerConsole.Hosting;

namespace TriggerConsole.Limits;

/// <summary>Limits in the pipeline.</summary>
internal static class LimitMiddleware
{
    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<ServerOptions>, TrustedProxiesRules>();
        services.AddSingleton<TrustedProxies>();
        services.AddSingleton<ConnectionLimit>();
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<LoadSheddingOptions>, ConnectionLimit>((kestrel, load, connections) =>
        {
            kestrel.Limits.MaxConcurrentConnections = load.Value.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = load.Value.MaxWebSockets;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(connections.Guard));
        });
        return services;
    }

    /// <summary>First of all: who calls, and whether it is too much. Routing comes after, because callbacks are answered by it.</summary>
    public static void UseRequestLimits(this WebApplication app)
    {
        app.UseMiddleware<ClientAddress>();
        if (app.Services.GetRequiredService<RateLimits>().IsEnabled) app.UseMiddleware<AddressLimits>();
        app.UseMiddleware<SignInThrottle>();
        app.UseMiddleware<LoadShedding>();
    }

    /// <summary>Once it is known who calls.</summary>
    public static void UseCallerLimits(this WebApplication app)
    {
        if (app.Services.GetRequiredService<RateLimits>().IsEnabled) app.UseMiddleware<CallerLimits>();
    }
}
