using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TriggerConsole.Core.Egress;

namespace TriggerConsole.Core.Mail;

internal static class MailServices
{
    /// <summary>Mails to users, when a mail server is configured.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddEgress();
        services.AddOptionsWithValidateOnStart<MailOptions, MailOptionsValidator>().BindConfiguration(MailOptions.SectionName);
        services.TryAddSingleton<IMailSender, MailSender>();
        services.TryAddSingleton<MailQueue>();
        services.TryAddSingleton<AccountMails>();
        services.AddHostedService(provider => provider.GetRequiredService<MailQueue>());
        return services;
    }
}
