using Radzen;
using TriggerConsole.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Layout;
using TriggerConsole.Components.Pages.Home;

namespace TriggerConsole.Hosting;

/// <summary>The pages: Blazor Server with prerendering.</summary>
internal static class PageServices
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddScoped<PaletteState>();
        services.AddScoped<PageCommands>();
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
