import { answerAsService } from './service';

answerAsService();
