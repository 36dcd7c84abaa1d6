using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TriggerConsole.Hosting;

namespace TriggerConsole.Browsers;

/// <summary>What keeps browsers, and what pretends to be one, within bounds.</summary>
internal static class BrowserServices
{
    public static IServiceCollection AddBrowserRules(this IServiceCollection services)
    {
        services.AddSecureCookies();
        services.AddSingleton<SecurityHeaders>();
        services.AddSingleton<OpenPageLimit>();
        services.AddSingleton<IValidateOptions<ServerOptions>, ServerOptionsRules>();
        services.AddOptions<ServerOptions>().ValidateOnStart();
        services.Configure<CircuitOptions>(options =>
        {
            // Of pages whose connection is lost: each holds its memory until the reader is back or this passes
            options.DisconnectedCircuitMaxRetained = 100;
            options.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            options.PersistedCircuitInMemoryMaxRetained = 100;
            options.PersistedCircuitInMemoryRetentionPeriod = TimeSpan.FromMinutes(30);
            // A browser that never answers a call does not hold what waits for it
            options.JSInteropDefaultCallTimeout = TimeSpan.FromSeconds(30);
            options.MaxBufferedUnacknowledgedRenderBatches = 10;
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            var limits = options.Limits;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            limits.MaxRequestLineSize = 8 * 1024;
            limits.MaxRequestHeaderCount = 100;
            limits.MaxRequestHeadersTotalSize = 32 * 1024;
            // Bytes a second, below which a body or the reading of an answer counts as held back on purpose
            limits.MinRequestBodyDataRate = new(240, TimeSpan.FromSeconds(5));
            limits.MinResponseDataRate = new(240, TimeSpan.FromSeconds(5));
            limits.Http2.MaxStreamsPerConnection = 100;
        });
        return services;
    }

    /// <summary>First of all, so that every answer is told.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        app.UsePublicScheme();
        var headers = app.Services.GetRequiredService<SecurityHeaders>();
        app.Use(next => context => headers.InvokeAsync(context, next));
    }

    /// <summary>Refuses forms that do not come from a page of ours, before anything of them is read.</summary>
    public static void UseFormGuard(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use(next => context =>
        {
            if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false }) return next(context);
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        });
    }

    /// <summary>After it is known who calls.</summary>
    public static void UseOpenPageLimit(this WebApplication app)
    {
        var limit = app.Services.GetRequiredService<OpenPageLimit>();
        app.Use(next => context => limit.InvokeAsync(context, next));
    }
}
