using Microsoft.AspNetCore.Components.Authorization;
using Radzen;
using TriggerConsole.Authentication;
using TriggerConsole.Components;
using TriggerConsole.Components.Controls;
using TriggerConsole.Components.Layout;
using TriggerConsole.Components.Pages.Brokers;
using TriggerConsole.Components.Pages.Brokers.Amqp;
using TriggerConsole.Components.Pages.Brokers.Mqtt;
using TriggerConsole.Components.Pages.DeadLetters;
using TriggerConsole.Components.Pages.Home;
using TriggerConsole.Components.Pages.Triggers;
using TriggerConsole.Limits;

namespace TriggerConsole.Hosting;

/// <summary>The pages: Blazor Server with prerendering.</summary>
internal static class PageServices
{
    private const int MostBytesOfMessage = 1 << 20;

    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        // A body template has up to 256 KB and comes as one message; the usual 32 KB would end the circuit of whoever pastes one
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(options => options.MaximumReceiveMessageSize = MostBytesOfMessage);
        services.AddScoped<AuthenticationStateProvider, OpenPages>();
        services.AddPageParts();
        services.AddHostedService<Demo>();
        return services;
    }

    /// <summary>What pages are made of, apart from the server that shows them.</summary>
    public static IServiceCollection AddPageParts(this IServiceCollection services)
    {
        services.AddRadzenComponents();
        services.AddScoped<PaletteState>();
        services.AddScoped<PageCommands>();
        services.AddScoped<BulkStarter>();
        services.AddSingleton<EffectiveSettings>();
        services.AddSingleton<HomeFigures>();
        services.AddSingleton<LoadGates>();
        services.AddSingleton<LimitsView>();
        services.AddScoped<DraftStore>();
        services.AddTransient<EditorSession>();
        services.AddSingleton<TriggerRows>();
        services.AddSingleton<BrokerRows>();
        services.AddSingleton<IBrokerSource, MqttBrokerSource>();
        services.AddSingleton<IBrokerSource, AmqpBrokerSource>();
        services.AddSingleton<SentMessages>();
        services.AddSingleton<MqttSentMessages>();
        services.AddSingleton<AmqpSentMessages>();
        return services;
    }

    public static void MapPages(this WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        // Who may frame a page is said for all answers (Browsers/SecurityHeaders): nobody
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }
}
