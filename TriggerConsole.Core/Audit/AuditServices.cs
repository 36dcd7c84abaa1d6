using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace TriggerConsole.Core.Audit;

internal static class AuditServices
{
    /// <summary>Who did what to what: recorded, kept, read, checked.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<AuditOptions, AuditOptionsValidator>().BindConfiguration(AuditOptions.SectionName);
        services.TryAddSingleton<AuditKeys>();
        services.TryAddSingleton<AuditActors>();
        services.TryAddSingleton<AuditFeed>();
        services.TryAddSingleton<AuditLedger>();
        services.TryAddSingleton<AuditTrail>();
        services.TryAddSingleton<IAuditTrail>(provider => provider.GetRequiredService<AuditTrail>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.TryAddSingleton<AuditQueries>();
        services.TryAddSingleton<AuditVerifier>();
        services.TryAddSingleton<AuditCleaner>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditCleaner>());
        return services;
    }
}
