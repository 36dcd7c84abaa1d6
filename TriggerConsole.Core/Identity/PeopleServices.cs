using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Identity.Links;
using TriggerConsole.Core.Identity.Passwords;
using TriggerConsole.Core.Identity.Sessions;
using TriggerConsole.Core.Identity.Tries;
using TriggerConsole.Core.Identity.TwoFactor;

namespace TriggerConsole.Core.Identity;

internal static class PeopleServices
{
    /// <summary>Users, their passwords, second factors and sessions.</summary>
    public static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<SignInOptions, SignInOptionsValidator>().BindConfiguration(SignInOptions.SectionName);
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = PasswordHashing.Iterations);
        services.TryAddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.TryAddSingleton<PasswordHashing>();
        services.TryAddSingleton<SignInRules>();
        services.TryAddSingleton<SessionEndings>();
        services.TryAddSingleton<UserSessions>();
        services.TryAddSingleton<SignedInPlaces>();
        services.TryAddSingleton<TryCounters>();
        services.TryAddSingleton<KnownDevices>();
        services.TryAddSingleton<PasswordCheck>();
        services.TryAddSingleton<PasswordCommands>();
        services.TryAddSingleton<TwoFactors>();
        services.TryAddSingleton<UserLinks>();
        services.TryAddSingleton<UserQueries>();
        services.TryAddSingleton<UserCommands>();
        return services;
    }
}
