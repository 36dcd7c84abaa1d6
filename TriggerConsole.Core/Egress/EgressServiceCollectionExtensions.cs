using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Egress;

internal static class EgressServiceCollectionExtensions
{
    /// <summary>The egress policy and the connector that every protocol connects through. May be called more than once.</summary>
    public static IServiceCollection AddEgress(this IServiceCollection services)
    {
        services.AddOptions<EgressOptions>().BindConfiguration(EgressOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<EgressOptions>, EgressOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.TryAddSingleton<TlsTrust>();
        services.TryAddSingleton<OwnServer>();
        services.TryAddSingleton<EgressPolicy>();
        services.TryAddSingleton<EgressConnector>();
        services.TryAddSingleton<TlsClient>();
        return services;
    }
}
