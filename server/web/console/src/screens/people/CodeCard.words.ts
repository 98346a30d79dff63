// bo: wants a native reader's review
export const words = {
  title: { zh: "一次性的码", bo: "ཐེངས་གཅིག་གི་ཨང་།", en: "A code for once" },
  once: { zh: "这个码只显示这一次。请现在打印或抄下来。", bo: "ཨང་འདི་ཐེངས་འདི་མ་གཏོགས་མི་མངོན། ད་ལྟ་པར་འདེབས་སམ་བྲིས་རོགས།", en: "The code is seen only now. Print it or write it down." },
  deviceTitle: { zh: "手机注册卡", bo: "ཁ་པར་ཐོ་འགོད་བྱང་བུ།", en: "Card to enrol a phone" },
  passwordTitle: { zh: "密码设置卡", bo: "གསང་ཨང་བྱང་བུ།", en: "Card to set a password" },
  qr: { zh: "二维码，内容是带码的网址", bo: "ཨང་ཡོད་པའི་དྲ་ཚིགས་ཀྱི་ QR", en: "QR code of the address with the code" },
  username: { zh: "用户名", bo: "སྤྱོད་མིང་།", en: "Username" },
  until: { zh: "有效至", bo: "ནུས་ཡུན་མཚམས།", en: "Valid until" },
  address: { zh: "网址", bo: "དྲ་ཚིགས།", en: "Address" },
  device1: { zh: "连上网络，用手机相机扫二维码，或在浏览器里打开上面的网址。", bo: "དྲ་རྒྱར་འབྲེལ་ནས་ཁ་པར་གྱི་པར་ཆས་ཀྱིས་ QR བཤེར་བའམ་གོང་གི་དྲ་ཚིགས་ཁ་ཕྱེ།", en: "With a network, scan the code with the phone's camera, or open the address above in its browser." },
  device2: { zh: "看一下码是否相同，点“注册”。", bo: "ཨང་གཅིག་པ་ཡིན་མིན་བལྟས་ནས་「ཐོ་འགོད་བྱེད།」ནོན།", en: "See that the code is the same, and tap “Enrol”." },
  device3: { zh: "以后没有网络也能填报，有网络时会自己同步。这张卡只能用一次，用后请销毁。", bo: "དེ་ནས་དྲ་རྒྱ་མེད་ནའང་ཐོ་འགོད་ཆོག དྲ་རྒྱ་ཡོད་དུས་རང་འགུལ་གྱིས་མཉམ་སྒྲིག་བྱེད། བྱང་བུ་འདི་ཐེངས་གཅིག་ལས་བཀོལ་མི་ཐུབ།", en: "From then on you can log without a network; it syncs by itself. The card works once: destroy it afterwards." },
  password1: { zh: "在电脑或平板上扫码，或打开上面的网址，输入码，设置自己的密码（10 个字以上）。", bo: "གློག་ཀླད་དུ་ QR བཤེར་བའམ་དྲ་ཚིགས་ཁ་ཕྱེ། ཨང་བྲིས་ནས་གསང་ཨང་ (ཡི་གེ་ ༡༠ ཡན) འཛུགས།", en: "On a computer or tablet scan the code or open the address above, enter the code and set your own password (10 characters or more)." },
  password2: { zh: "密码不要告诉别人。这张卡只能用一次，用后请销毁。", bo: "གསང་ཨང་མི་གཞན་ལ་མ་ཤོད། བྱང་བུ་འདི་ཐེངས་གཅིག་ལས་བཀོལ་མི་ཐུབ།", en: "Tell nobody the password. The card works once: destroy it afterwards." },
  print: { zh: "打印这张卡", bo: "བྱང་བུ་འདི་པར་འདེབས།", en: "Print this card" },
  done: { zh: "完成", bo: "ཚར་སོང་།", en: "Done" },
};
