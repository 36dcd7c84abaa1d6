using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Limits;

internal static class LimitServices
{
    public static IServiceCollection AddLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitingOptions>().BindConfiguration(RateLimitingOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RateLimitingOptions>, RateLimitingRules>();
        services.AddOptionsWithValidateOnStart<LoadSheddingOptions, LoadSheddingOptionsValidator>().BindConfiguration(LoadSheddingOptions.SectionName);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LoadSheddingOptions>, LoadSheddingRules>());
        services.TryAddSingleton<LimitStatistics>();
        services.TryAddSingleton<RateLimits>();
        services.TryAddSingleton<LoadMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<LoadMonitor>());
        services.TryAddSingleton<LimitAuditor>();
        services.AddHostedService(provider => provider.GetRequiredService<LimitAuditor>());
        return services;
    }
}
