using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Live;
using TriggerConsole.Core.Scheduling.Engine;

namespace TriggerConsole.Core.Scheduling;

internal static class SchedulingServices
{
    public static IServiceCollection AddSchedules(this IServiceCollection services)
    {
        services.TryAddSingleton<ScheduleFeed>();
        services.TryAddSingleton<SchedulePayloads>();
        services.TryAddSingleton<ScheduleValidator>();
        services.TryAddSingleton<ScheduleRunner>();
        services.TryAddSingleton<ScheduleEngine>();
        services.TryAddSingleton<ScheduleQueries>();
        services.TryAddSingleton<ScheduleCommands>();
        return services;
    }
}
