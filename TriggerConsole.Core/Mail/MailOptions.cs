using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace TriggerConsole.Core.Mail;

/// <summary>How the connection to the mail server is protected.</summary>
public enum MailSecurity
{
    /// <summary>Begins plain and changes to TLS before anything is said (RFC 3207); a server that does not offer it is left. Port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte (RFC 8314). Port 465.</summary>
    Tls,

    /// <summary>Readable on the way: only for a server on the same machine or network, and without a password. Port 25.</summary>
    None,
}

/// <summary>The server that takes our mails: invitations, forgotten passwords, notices.</summary>
public sealed class MailOptions : IValidatableObject
{
    public const string SectionName = "Mail";

    /// <summary>Name of the server: <c>smtp.example.com</c>. Default: none, and no mails are sent.</summary>
    public string? Host { get; set; }

    /// <summary>Default: 587.</summary>
    [Range(1, 65535)] public int Port { get; set; } = 587;

    /// <summary><c>StartTls</c>, <c>Tls</c> or <c>None</c>. Default: <c>StartTls</c>.</summary>
    public MailSecurity Security { get; set; } = MailSecurity.StartTls;

    /// <summary>To sign in to the server with; left out for servers that want no sign-in.</summary>
    public string? UserName { get; set; }

    public string? Password { get; set; }

    /// <summary>Address that mails come from: <c>triggerconsole@example.com</c>.</summary>
    public string? From { get; set; }

    /// <summary>Name that mails come from. Default: <c>TriggerConsole</c>.</summary>
    public string FromName { get; set; } = "TriggerConsole";

    internal bool IsOn => !string.IsNullOrEmpty(Host);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Security)) yield return new("Security: give StartTls, Tls or None.", [nameof(Security)]);
        if (FromName.Any(char.IsControl) || FromName.Length > 100) yield return new("FromName: give a name of at most 100 characters in one line.", [nameof(FromName)]);
        if (!IsOn)
        {
            if (!string.IsNullOrEmpty(From) || !string.IsNullOrEmpty(UserName) || !string.IsNullOrEmpty(Password)) yield return new("Host: is not set, but other keys of Mail are. Give the name of the mail server.", [nameof(Host)]);
            yield break;
        }
        if (Host!.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '/' or '@')) yield return new("Host: give the name of the mail server alone: smtp.example.com.", [nameof(Host)]);
        if (string.IsNullOrEmpty(From)) yield return new("From: give the address that mails come from.", [nameof(From)]);
        else if (MailAddresses.Fault(From) is { } fault) yield return new($"From: {fault}", [nameof(From)]);
        if (string.IsNullOrEmpty(UserName) != string.IsNullOrEmpty(Password)) yield return new("UserName: give both Mail:UserName and Mail:Password, or neither.", [nameof(UserName)]);
        if (Security == MailSecurity.None && !string.IsNullOrEmpty(Password)) yield return new("Security: with None the password would be readable on the way. Use StartTls or Tls.", [nameof(Security)]);
    }
}

[OptionsValidator]
internal sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
