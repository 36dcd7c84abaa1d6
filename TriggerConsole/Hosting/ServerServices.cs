using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using TriggerConsole.Api;
using TriggerConsole.Core;
using TriggerConsole.Core.Egress;
using TriggerConsole.Ingress;
using TriggerConsole.Limits;

namespace TriggerConsole.Hosting;

/// <summary>The HTTP server and what all its endpoints share.</summary>
internal static class ServerServices
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Listens on port 5080 of this machine when nothing else is configured.</summary>
    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (string.IsNullOrEmpty(configuration["urls"]) && string.IsNullOrEmpty(configuration["http_ports"]) && string.IsNullOrEmpty(configuration["https_ports"])
            && !configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls(DefaultUrl);
    }

    /// <summary>Tells the egress policy where this server listens, as soon as it does.</summary>
    public static void UseOwnServerGuard(this WebApplication app)
    {
        var (addresses, own) = (app.Services.GetRequiredService<ServerAddresses>(), app.Services.GetRequiredService<OwnServer>());
        app.Lifetime.ApplicationStarted.Register(() => own.ListensOn(addresses.Ports));
    }

    public static IServiceCollection AddTriggerConsoleServer(this IServiceCollection services)
    {
        services.AddOptions<ServerOptions>().BindConfiguration(ServerOptions.SectionName).ValidateOnStart();
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 2 << 20; // API and pages; callbacks set their own
        });
        // A connection that waits keeps its 4 KB: less work for each request than giving them back
        services.Configure<SocketTransportOptions>(options => options.WaitForDataBeforeAllocatingBuffer = false);
        services.ConfigureHttpJsonOptions(options => CoreJson.Apply(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ExceptionAnswers>();
        services.AddProblemDetails();
        services.AddHttpContextAccessor();
        // Never with cookies: what other sites' pages do, they do with a key that someone gave them
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<ServerOptions>>((cors, server) => cors.AddDefaultPolicy(
            policy => policy.WithOrigins([.. server.Value.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Retry-After", LimitAnswers.PolicyHeader, LimitAnswers.LimitHeader)));
        services.AddSingleton<ServerAddresses>();
        services.AddSingleton<CallbackUrls>();
        services.AddSingleton<UserLinkDelivery>();
        services.AddSingleton<IngressBudget>();
        services.AddSingleton<MetricsEndpoint>();
        services.AddHostedService(provider => provider.GetRequiredService<MetricsEndpoint>());
        // Request lines hold tokens (?token=…): they are never logged, whatever the configuration says. Without it the server also
        // saves an activity and a scope for each request
        services.PostConfigure<LoggerFilterOptions>(options => options.Rules.Add(new(null, "Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None, null)));
        return services;
    }
}
