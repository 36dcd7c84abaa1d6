using Radzen;
using TriggerConsole.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Layout;
using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Components.Pages.Triggers;

namespace TriggerConsole.Hosting;

/// <summary>The pages: Blazor Server with prerendering.</summary>
internal static class PageServices
{
    private const int MostBytesOfMessage = 1 << 20;

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        // A body template has up to 256 KB and comes as one message; the usual 32 KB would end the circuit of whoever pastes one
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options => options.MaximumReceiveMessageSize = MostBytesOfMessage);
        services.AddRadzenComponents();
        services.AddScoped<PaletteState>();
        services.AddScoped<PageCommands>();
        services.AddSingleton<HomeFigures>();
        services.AddScoped<DraftStore>();
        services.AddTransient<EditorSession>();
        services.AddSingleton<TriggerRows>();
        services.AddHostedService<Demo>();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
