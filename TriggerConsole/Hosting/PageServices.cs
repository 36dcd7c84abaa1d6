using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Layout;
using TriggerConsole.Components.Pages.DeadLetters;
using TriggerConsole.Components.Pages.Home;

namespace TriggerConsole.Hosting;

/// <summary>The pages: Blazor Server with prerendering.</summary>
internal static class PageServices
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents()
            // Payloads and templates are edited in text areas, and come back whole
            .AddHubOptions(options => options.MaximumReceiveMessageSize = 1 << 20);
        services.AddScoped<AuthenticationStateProvider, OpenPages>();
        services.AddRadzenComponents();
        services.AddScoped<PaletteState>();
        services.AddScoped<PageCommands>();
        services.AddScoped<BulkStarter>();
        services.AddSingleton<EffectiveSettings>();
        services.AddSingleton<HomeFigures>();
        services.AddHostedService<Demo>();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
