using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Egress;
using TriggerConsole.Core.Triggers;

namespace TriggerConsole.Core.Http;

internal static class HttpServiceCollectionExtensions
{
    /// <summary>Triggers that call HTTP endpoints. Needs <see cref="Templates.TemplateRules"/> and logging to be registered.</summary>
    public static IServiceCollection AddHttpTriggers(this IServiceCollection services)
    {
        services.AddEgress();
        services.TryAddSingleton<HttpConnections>();
        services.TryAddSingleton<OAuthTokenRequest>();
        services.TryAddSingleton<OAuthTokens>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITriggerKind, HttpTriggerKind>());
        return services;
    }
}
